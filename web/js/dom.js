// @ts-check
// Elements, made by hand: text is always text.

/** @typedef {Node | string | number | false | null | undefined} Child */

/**
 * An element. `on…` is a listener, `true` an attribute without a value, `false` and `undefined` none.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') Object.assign(element, { value });
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...present(children.flat()));
  return element;
}

/**
 * Puts `children` in the place of what is in `parent`.
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

/** @param {Child[]} children */
const present = (children) =>
  children
    .filter((child) => child !== false && child !== null && child !== undefined)
    .map((child) => (child instanceof Node ? child : String(child)));

/** Of which version the elements of `reconcile` are. @type {WeakMap<Element, string>} */
const versions = new WeakMap();

/** @typedef {{key: string, version: string, make: () => HTMLElement}} Row */

/**
 * Makes the children of `parent` those of `rows`. What has the same key and version stays untouched, so that focus,
 * selection and a screen reader's place are kept.
 * @param {Element} parent
 * @param {Row[]} rows
 */
export function reconcile(parent, rows) {
  const held = new Map([...parent.children].map((child) => [child.getAttribute('data-key'), child]));
  let place = parent.firstElementChild;
  for (const { key, version, make } of rows) {
    let element = held.get(key);
    held.delete(key);
    if (!element || versions.get(element) !== version) {
      const fresh = make();
      fresh.setAttribute('data-key', key);
      versions.set(fresh, version);
      if (element && element === place) place = fresh;
      if (element) replace(element, fresh);
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  held.forEach((element) => element.remove());
}

/**
 * @param {Element} old
 * @param {HTMLElement} fresh
 */
function replace(old, fresh) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (hadFocus)
    /** @type {HTMLElement} */ (fresh.matches('[tabindex], a') ? fresh : fresh.querySelector('[tabindex], a'))?.focus();
}

/**
 * A small button with words.
 * @param {string} label
 * @param {() => void} onclick
 * @param {Record<string, any>} [attributes]
 */
export function button(label, onclick, attributes = {}) {
  return h('button', { type: 'button', class: 'small', onclick, ...attributes }, label);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Drawn in a square of 24, as lines. */
const ICONS = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  reply: 'M10 6L4 12l6 6M4 12h10c4 0 6 2 6 6',
  send: 'M4 12L20 4l-5 16-4-7zM11 13l9-9',
  plus: 'M12 5v14M5 12h14',
  people:
    'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 010 6.5M18 14.5c2.2.8 3.5 2.5 3.5 5.5',
  bell: 'M6 17V11a6 6 0 0112 0v6l2 2H4zM10 21h4',
  gear: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  block: 'M12 3a9 9 0 100 18 9 9 0 000-18zM5.7 5.7l12.6 12.6',
  down: 'M12 5v14M6 13l6 6 6-6',
  sofa: 'M5 11V8a3 3 0 013-3h8a3 3 0 013 3v3M3 12a2 2 0 014 0v3h10v-3a2 2 0 014 0v6H3zM6 18v2M18 18v2',
};

/** @param {keyof typeof ICONS} name */
export const icon = (name) => drawing(ICONS[name], 24, { class: 'icon', 'aria-hidden': 'true' });

/**
 * One path in a square.
 * @param {string} path
 * @param {number} size how wide and high the square is
 * @param {Record<string, string>} attributes
 */
export function drawing(path, size, attributes) {
  const svg = document.createElementNS(SVG, 'svg');
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${size} ${size}`, ...attributes })) {
    svg.setAttribute(name, value);
  }
  return svg;
}

/**
 * A button that shows an icon alone.
 * @param {keyof typeof ICONS} name
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {Record<string, any>} [attributes]
 */
export function iconButton(name, label, onclick, attributes = {}) {
  return h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...attributes },
    icon(name),
  );
}

/**
 * Up and down, Home and End move the focus among the elements that `selector` finds in `container`.
 * @param {HTMLElement} container
 * @param {string} selector
 */
export function arrowKeys(container, selector) {
  container.addEventListener('keydown', (event) => {
    const items = /** @type {HTMLElement[]} */ ([...container.querySelectorAll(selector)]);
    const at = items.findIndex((item) => item === document.activeElement);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined || !items[to]) return;
    event.preventDefault();
    items[to].focus();
  });
}
