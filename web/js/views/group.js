// @ts-check
// A group's members and settings. What is shown follows the caller's role; the server decides.

import { LOBBY } from '../chat.js';
import { fill, h } from '../dom.js';
import { inWords, Problem } from '../problem.js';
import { avatar } from './avatar.js';
import { confirm, openDialog } from './dialog.js';
import { form } from './form.js';

/** @import {Chat} from '../chat.js' */
/** @import {Group, Member, Role, Visibility} from '../types.js' */

/** @type {Role[]} lowest first */
const ROLES = ['member', 'admin', 'owner'];
/** @param {Role} role */
const rank = (role) => ROLES.indexOf(role);

/**
 * @param {Chat} chat
 * @param {string} groupId
 */
export async function groupDialog(chat, groupId) {
  const body = h('div', { 'aria-busy': 'true' });
  const dialog = openDialog('Group', body);
  const panel = new GroupPanel(chat, groupId, body, () => dialog.close());
  dialog.addEventListener('close', chat.topics.on(['members'], () => panel.load()));
  await panel.load();
}

class GroupPanel {
  #chat;
  #groupId;
  #element;
  #close;
  #settings = h('div');
  #add = h('div');
  #ends = h('div', { class: 'row' });
  #list = h('ul', { class: 'members' });
  #more = h('div');
  #trouble = h('p', { class: 'trouble', role: 'alert' });
  #shown = '';

  /**
   * @param {Chat} chat
   * @param {string} groupId
   * @param {HTMLElement} element
   * @param {() => void} close
   */
  constructor(chat, groupId, element, close) {
    this.#chat = chat;
    this.#groupId = groupId;
    this.#element = element;
    this.#close = close;
    element.append(this.#settings, h('h3', {}, 'Members'), this.#trouble, this.#list, this.#more, this.#add, this.#ends);
  }

  async load() {
    try {
      const { api } = this.#chat;
      const [group, { members, nextCursor }] = await Promise.all([api.group(this.#groupId), api.members(this.#groupId)]);
      const own = members.find(({ userId }) => userId === this.#chat.me.userId);
      if (own) this.#chat.setRole(this.#groupId, own.role);
      this.#show(group, members, nextCursor);
    } catch (problem) {
      this.#fail(problem);
    }
    this.#element.removeAttribute('aria-busy');
  }

  /**
   * @param {Group} group
   * @param {Member[]} members
   * @param {string} [cursor]
   */
  #show(group, members, cursor) {
    const role = this.#chat.role(this.#groupId) ?? 'member';
    const look = JSON.stringify([group, role]);
    if (look !== this.#shown) this.#control(group, role);
    this.#shown = look;
    const active = document.activeElement?.getAttribute('aria-label');
    fill(this.#list, ...members.map((member) => this.#member(member, role)));
    const again = active && this.#list.querySelector(`[aria-label="${CSS.escape(active)}"]`);
    if (again) /** @type {HTMLElement} */ (again).focus();
    this.#next(role, cursor);
  }

  /**
   * @param {Role} role
   * @param {string} [cursor]
   */
  #next(role, cursor) {
    fill(this.#more, cursor && h('button', { type: 'button', class: 'small', onclick: () => this.#act(async () => {
      const { members, nextCursor } = await this.#chat.api.members(this.#groupId, cursor);
      this.#list.append(...members.map((member) => this.#member(member, role)));
      this.#next(role, nextCursor);
    }, false) }, 'More members'));
  }

  /**
   * @param {Group} group
   * @param {Role} role
   */
  #control({ name, visibility }, role) {
    const { api, me } = this.#chat;
    const id = this.#groupId;
    const rename = form([
      { name: 'name', label: 'Name', value: name, maxlength: 200 },
      { name: 'visibility', label: 'Who may join', value: visibility, options: [['private', 'Only whom an admin adds'], ['open', 'Everyone']] },
    ], 'Save', (values) => this.#change(name, visibility, values));
    const add = form([{ name: 'username', label: 'Add someone by user name', autocomplete: 'off' }], 'Add', async ({ username }, element) => {
      const { userId } = await findUser(this.#chat, username);
      await api.putMember(id, userId);
      element.reset();
      await this.load();
    });
    const leave = h('button', { type: 'button', class: 'small', onclick: () => this.#end('Leave this group?', 'You will not see what is said in it any more.', 'Leave', () => api.removeMember(id, me.userId)) }, 'Leave group');
    const end = h('button', { type: 'button', class: 'small danger-text', onclick: () => this.#end(`Delete “${name}”?`, 'The group and all that was said in it are gone for everyone.', 'Delete group', () => api.deleteGroup(id)) }, 'Delete group');
    fill(this.#settings, role === 'owner' ? rename : h('p', { class: 'group-name' }, name));
    fill(this.#add, rank(role) >= rank('admin') && id !== LOBBY && add);
    fill(this.#ends, leave, role === 'owner' && end);
  }

  /**
   * @param {string} name
   * @param {Visibility} visibility
   * @param {Record<string, string>} values
   */
  async #change(name, visibility, values) {
    const change = {
      ...(values.name !== name && { name: values.name }),
      ...(values.visibility !== visibility && { visibility: /** @type {Visibility} */ (values.visibility) }),
    };
    if (Object.keys(change).length === 0) return;
    await this.#chat.api.changeGroup(this.#groupId, change);
    await Promise.all([this.load(), this.#chat.refresh()]);
  }

  /**
   * @param {string} title
   * @param {string} text
   * @param {string} label
   * @param {() => Promise<void>} work
   */
  #end(title, text, label, work) {
    confirm(title, text, label, async () => {
      await work();
      this.#close();
      await this.#chat.refresh();
    });
  }

  /**
   * @param {Member} member
   * @param {Role} own one's own role
   */
  #member({ userId, role }, own) {
    const isMe = userId === this.#chat.me.userId;
    const name = isMe ? `${this.#chat.people.name(userId)} (you)` : this.#chat.people.name(userId);
    const choices = ROLES.filter((choice) => own === 'owner' || (isMe && rank(choice) <= rank(own)));
    const give = h('select', { 'aria-label': `Role of ${name}` }, choices.map((choice) => h('option', { value: choice, selected: choice === role }, choice)));
    give.addEventListener('change', () => this.#act(() => this.#chat.api.putMember(this.#groupId, userId, /** @type {Role} */ (give.value))));
    const remove = h('button', { type: 'button', class: 'small', 'aria-label': `Remove ${name}`, onclick: () => this.#act(() => this.#chat.api.removeMember(this.#groupId, userId)) }, 'Remove');
    return h('li', {}, avatar(userId, this.#chat.people.name(userId)), h('span', { class: 'member-name' }, name),
      choices.length > 1 ? give : h('span', { class: 'role' }, role),
      !isMe && rank(own) > rank(role) && remove);
  }

  /**
   * @param {() => Promise<unknown>} work
   * @param {boolean} [isChange]
   */
  async #act(work, isChange = true) {
    this.#trouble.textContent = '';
    try {
      await work();
    } catch (problem) {
      this.#fail(problem);
    }
    if (isChange) await this.load();
  }

  /** @param {unknown} problem */
  #fail(problem) {
    this.#trouble.textContent = inWords(problem);
  }
}

/**
 * @param {Chat} chat
 * @param {string} username
 */
export async function findUser(chat, username, pointer = '/username') {
  const wanted = username.trim().replace(/^@/, '').toLowerCase();
  if (!wanted) throw new Problem(422, { errors: [{ pointer, detail: 'a user name is needed' }] });
  try {
    const profile = await chat.api.findUser(wanted);
    chat.people.put(profile);
    return profile;
  } catch (problem) {
    if (!(problem instanceof Problem && [400, 404, 422].includes(problem.status))) throw problem;
    throw new Problem(404, { errors: [{ pointer, detail: `nobody is called ${wanted}` }] });
  }
}
