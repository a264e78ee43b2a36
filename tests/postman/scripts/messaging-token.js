// A token of the issuer `messaging-api` for five minutes, where the secret to sign it with is at hand. Without a secret and
// a token nothing is sent.
const secret = pm.variables.get('messagingSecret');
if (secret) {
  const crypto = require('crypto-js');
  const base64url = (words) => crypto.enc.Base64.stringify(words).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const part = (value) => base64url(crypto.enc.Utf8.parse(JSON.stringify(value)));
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'messaging-api', sub: 'postman', iat: now, exp: now + 300 };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  pm.collectionVariables.set('messagingToken', `${signed}.${base64url(crypto.HmacSHA256(signed, secret))}`);
} else if (!pm.variables.get('messagingToken')) {
  pm.execution.skipRequest();
}
