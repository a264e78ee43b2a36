// @ts-check
// A group's members and settings. What is shown follows the viewer's role.

import { button, fill, h } from '../dom.js';
import { inWords } from '../problem.js';
import { confirm, openDialog } from './dialog.js';
import { findUser } from './find-user.js';
import { form } from './form.js';
import { isAbove, memberRow } from './member.js';

/** @import {Chat} from '../chat.js' */
/** @import {Group, Member, Visibility} from '../types.js' */

/** @type {[Visibility, string][]} */
export const VISIBILITIES = [
  ['private', 'Only whom an admin adds'],
  ['open', 'Everyone'],
];

/**
 * @param {Chat} chat
 * @param {string} groupId
 */
export async function groupDialog(chat, groupId) {
  const body = h('div', { 'aria-busy': 'true' });
  const dialog = openDialog('Group', body);
  const panel = new GroupPanel(chat, groupId, body, () => dialog.close());
  const ends = [chat.topics.on(['members'], () => panel.load()), chat.topics.on(['people'], () => panel.list())];
  dialog.addEventListener('close', () => ends.forEach((end) => end()));
  await panel.load();
}

class GroupPanel {
  #chat;
  #groupId;
  #element;
  #close;
  #settings = h('div');
  #trouble = h('p', { class: 'trouble', role: 'alert' });
  #list = h('ul', { class: 'members' });
  #more = h('div');
  #add = h('div');
  #ends = h('div', { class: 'row' });
  #shown = '';
  /** @type {Member[]} */
  #members = [];
  /** @type {string | undefined} */
  #cursor;

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
    const heading = h('h3', {}, 'Members');
    element.append(this.#settings, heading, this.#trouble, this.#list, this.#more, this.#add, this.#ends);
  }

  /** Begins anew with the first page of members. */
  async load() {
    const { api, me, roles } = this.#chat;
    try {
      const [group, page] = await Promise.all([api.group(this.#groupId), api.members(this.#groupId)]);
      const own = page.members.find(({ userId }) => userId === me.userId);
      if (own) roles.set(this.#groupId, own.role);
      this.#members = page.members;
      this.#cursor = page.nextCursor;
      this.#control(group);
      this.list();
    } catch (problem) {
      this.#fail(problem);
    }
    this.#element.removeAttribute('aria-busy');
  }

  get #role() {
    return this.#chat.roles.get(this.#groupId) ?? 'member';
  }

  /** Shows the members that are loaded; the control that has the focus keeps it. */
  list() {
    const active = document.activeElement?.getAttribute('aria-label');
    fill(this.#list, ...this.#members.map((member) => this.#row(member)));
    const again = active && this.#list.querySelector(`[aria-label="${CSS.escape(active)}"]`);
    if (again) /** @type {HTMLElement} */ (again).focus();
    fill(this.#more, this.#cursor && button('More members', () => this.#loadMore()));
  }

  async #loadMore() {
    const { members, nextCursor } = await this.#chat.api.members(this.#groupId, this.#cursor);
    this.#members.push(...members);
    this.#cursor = nextCursor;
    this.list();
  }

  /** @param {Member} member */
  #row(member) {
    const { api, me, people } = this.#chat;
    const { userId } = member;
    return memberRow(member, {
      name: people.name(userId),
      isMe: userId === me.userId,
      own: this.#role,
      give: (role) => this.#change(() => api.putMember(this.#groupId, userId, role)),
      remove: () => this.#change(() => api.removeMember(this.#groupId, userId)),
    });
  }

  /** @param {() => Promise<unknown>} work */
  async #change(work) {
    this.#trouble.textContent = '';
    try {
      await work();
    } catch (problem) {
      this.#fail(problem);
    }
    await this.load();
  }

  /** @param {Group} group */
  #control(group) {
    const { api, me } = this.#chat;
    const isOwner = this.#role === 'owner';
    const look = JSON.stringify([group, this.#role]);
    if (look === this.#shown) return;
    this.#shown = look;
    const gone = 'You will not see what is said in it any more.';
    const lost = 'The group and all that was said in it are gone for everyone.';
    const leave = () => this.#end('Leave this group?', gone, 'Leave', () => api.removeMember(group.groupId, me.userId));
    const remove = () =>
      this.#end(`Delete “${group.name}”?`, lost, 'Delete group', () => api.deleteGroup(group.groupId));
    fill(this.#settings, isOwner ? this.#settingsForm(group) : h('p', { class: 'group-name' }, group.name));
    fill(this.#add, isAbove(this.#role, 'member') && this.#addForm());
    fill(
      this.#ends,
      button('Leave group', leave),
      isOwner && button('Delete group', remove, { class: 'small danger-text' }),
    );
  }

  /** @param {Group} group */
  #settingsForm({ name, visibility }) {
    const fields = [
      { name: 'name', label: 'Name', value: name },
      { name: 'visibility', label: 'Who may join', value: visibility, options: VISIBILITIES },
    ];
    return form(fields, 'Save', async (values) => {
      const change = {
        ...(values.name !== name && { name: values.name }),
        ...(values.visibility !== visibility && { visibility: /** @type {Visibility} */ (values.visibility) }),
      };
      if (Object.keys(change).length === 0) return;
      await this.#chat.api.changeGroup(this.#groupId, change);
      await Promise.all([this.load(), this.#chat.refresh()]);
    });
  }

  #addForm() {
    const field = { name: 'username', label: 'Add someone by user name', autocomplete: 'off' };
    return form([field], 'Add', async ({ username }, element) => {
      const { userId } = await findUser(this.#chat, username);
      await this.#chat.api.putMember(this.#groupId, userId);
      element.reset();
      await this.load();
    });
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

  /** @param {unknown} problem */
  #fail(problem) {
    this.#trouble.textContent = inWords(problem);
  }
}
