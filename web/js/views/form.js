// @ts-check
// Labelled fields, and what the server says about each of them.

import { fill, h } from '../dom.js';
import { inWords, Problem, sentence } from '../problem.js';

/**
 * @typedef {{name: string, label: string, type?: string, hint?: string, value?: string, autocomplete?: string, required?: boolean,
 *   inputmode?: string, maxlength?: number, options?: [string, string][]}} Field
 */

let count = 0;

/**
 * A form that tells what became of it. Problems are shown at the field that their pointer names, the rest above the button.
 * @param {Field[]} fields
 * @param {string} label the button's
 * @param {(values: Record<string, string>, form: HTMLFormElement) => Promise<void>} submit
 * @param {Record<string, any>} [attributes]
 */
export function form(fields, label, submit, attributes = {}) {
  const inputs = new Map(fields.map((field) => [field.name, input(field)]));
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const button = h('button', { class: 'primary' }, label);
  const element = h(
    'form',
    { novalidate: true, ...attributes },
    ...[...inputs.values()].map(({ row }) => row),
    trouble,
    button,
  );
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    inputs.forEach(({ say }) => say(''));
    trouble.textContent = '';
    const values = Object.fromEntries([...inputs].map(([name, { control }]) => [name, control.value]));
    button.setAttribute('aria-disabled', 'true');
    try {
      await submit(values, element);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      show(problem, inputs, trouble);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return element;
}

/**
 * @param {Problem} problem
 * @param {Map<string, ReturnType<typeof input>>} inputs
 * @param {HTMLElement} trouble
 */
function show(problem, inputs, trouble) {
  const rest = problem.errors.filter(({ pointer, detail }) => {
    const field = inputs.get(pointer.split('/')[1]);
    field?.say(sentence(detail));
    return !field;
  });
  if (problem.errors.length === 0) trouble.textContent = inWords(problem);
  else trouble.textContent = rest.map(({ detail }) => sentence(detail)).join(' ');
  const first = [...inputs.values()].find(({ control }) => control.getAttribute('aria-invalid'));
  first?.control.focus();
}

/** @param {Field} field */
function input({ name, label, hint, options, value = '', ...attributes }) {
  count += 1;
  const id = `field-${count}`;
  const error = h('p', { class: 'field-error', id: `${id}-error`, role: 'alert' });
  const about = { id, name, value, 'aria-describedby': hint ? `${id}-hint ${id}-error` : `${id}-error` };
  const control = options
    ? h(
        'select',
        about,
        options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)),
      )
    : h('input', { type: 'text', ...attributes, ...about });
  const row = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    control,
    hint && h('p', { class: 'hint', id: `${id}-hint` }, hint),
    error,
  );
  /** @param {string} text */
  const say = (text) => {
    fill(error, text);
    if (text) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  };
  return { row, control, say };
}
