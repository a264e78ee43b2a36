// What the collection is run with: the local server, or a deployment.

import { mapValues } from './document.mjs';
import { id } from './format.mjs';

/** A value in brackets is a secret. */
const ENVIRONMENTS = {
  local: {
    baseUrl: 'http://127.0.0.1:8080',
    outbox: 'true',
    mailDomain: 'example.com',
    apiKey: ['local-api-key'],
    messagingSecret: ['local-messaging-api-secret-0123456789'],
    awsAccessKeyId: ['local'],
    awsSecretAccessKey: ['local'],
    awsSessionToken: [''],
    awsRegion: 'us-east-1',
  },
  deployed: {
    baseUrl: 'https://abcdefghij.execute-api.eu-west-1.amazonaws.com',
    outbox: '',
    mailDomain: '',
    apiKey: [''],
    messagingSecret: [''],
    awsAccessKeyId: [''],
    awsSecretAccessKey: [''],
    awsSessionToken: [''],
    awsRegion: 'eu-west-1',
  },
};

function environment(given, name) {
  const values = Object.entries(given).map(([key, value]) =>
    Array.isArray(value)
      ? { key, value: value[0], type: 'secret', enabled: true }
      : { key, value, type: 'default', enabled: true },
  );
  return { id: id(`environment ${name}`), name: `Chinwag ${name}`, values, _postman_variable_scope: 'environment' };
}

export const environments = mapValues(ENVIRONMENTS, environment);
