// @ts-check
// A name that nobody else gives, also where `crypto.randomUUID` is not to be had (plain HTTP from another machine).

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
