// @ts-check
// What an authenticator app is to be told.

import { button, drawing, h } from '../dom.js';
import { encodeQR } from '../vendor/qr.js';

/** Around a QR code, in modules (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** @param {{secret: string, otpauthUri: string}} enrolment */
export function authenticator({ secret, otpauthUri }) {
  const parts = secret.match(/.{1,4}/g) ?? [];
  return h(
    'div',
    { class: 'authenticator' },
    h('p', {}, 'Scan this with your authenticator app, then enter the code that it shows.'),
    qrCode(otpauthUri),
    h('p', {}, 'Or ', h('a', { href: otpauthUri }, 'open the app on this device'), ', or give it this key:'),
    h('p', { class: 'key' }, h('code', { 'aria-label': 'Key' }, parts.join(' ')), ...copying(secret)),
  );
}

/** @param {string} text */
function qrCode(text) {
  const rows = /** @type {boolean[][]} */ (encodeQR(text, 'raw', { border: QUIET_ZONE }));
  const modules = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')));
  return drawing(modules.join(''), rows.length, { class: 'qr-code', role: 'img', 'aria-label': 'QR code' });
}

/**
 * Nothing where the browser lets no page copy: plain HTTP from another machine.
 * @param {string} text
 */
function copying(text) {
  if (!isSecureContext) return [];
  const said = h('span', { role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = 'Copied.';
    } catch {
      said.textContent = 'Your browser does not allow that.';
    }
  };
  return [button('Copy', copy), said];
}
