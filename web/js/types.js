// @ts-check
// The shapes of the contract, for the type checker alone.

/**
 * @typedef {{type: 'message', messageId: string, conversationId: string, seq: number, senderId: string, recipientId?: string,
 *   groupId?: string, body?: string, replyTo?: number, clientMessageId?: string, createdAt: string, editedAt?: string,
 *   deletedAt?: string}} Message
 * @typedef {{type: 'hidden', conversationId: string, seq: number}} Hidden
 * @typedef {'edited' | 'deleted' | 'groupCreated' | 'memberAdded' | 'memberRemoved' | 'roleChanged' | 'userErased'
 *   | 'groupUpdated' | 'groupDeleted'} ChangeType
 * @typedef {{type: ChangeType, conversationId: string, seq: number, actorId: string, createdAt: string,
 *   target?: number | string, name?: string, visibility?: Visibility, role?: Role, memberIds?: string[]}} Change
 * @typedef {Message | Hidden | Change} Entry
 *
 * @typedef {'owner' | 'admin' | 'member'} Role
 * @typedef {'private' | 'open'} Visibility
 * @typedef {{userId: string, username: string, displayName?: string, isDeleted?: boolean}} Profile
 * @typedef {{userId: string, role: Role, joinedAt: string}} Member
 * @typedef {{groupId: string, conversationId: string, name: string, visibility: Visibility, createdAt: string,
 *   createdBy: string}} Group
 * @typedef {{conversationId: string, kind: 'direct' | 'group', peerId?: string, groupId?: string, name?: string,
 *   lastSeq: number, readSeq: number, unread: number, lastMessage?: Message}} Conversation
 *
 * @typedef {{recipientId: string} | {groupId: string}} Target Whom a message is for.
 * @typedef {{type: string, requestId?: string, message?: any, entry?: Entry, messageId?: string, conversationId?: string,
 *   userId?: string, seq?: number, problem?: object}} Frame What the socket brings.
 */

export {};
