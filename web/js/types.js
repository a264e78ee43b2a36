// @ts-check
// The shapes of the contract, for the type checker alone.

/**
 * @typedef {import('../../api/typescript/contract.js').AuthenticateCode} AuthenticateCode
 * @typedef {import('../../api/typescript/contract.js').ClientFrame} ClientFrame
 * @typedef {import('../../api/typescript/contract.js').Conversation} Conversation
 * @typedef {import('../../api/typescript/contract.js').Entry} Entry
 * @typedef {import('../../api/typescript/contract.js').FieldError} FieldError
 * @typedef {import('../../api/typescript/contract.js').Group} Group
 * @typedef {import('../../api/typescript/contract.js').Hidden} Hidden
 * @typedef {import('../../api/typescript/contract.js').Member} Member
 * @typedef {import('../../api/typescript/contract.js').Message} Message
 * @typedef {import('../../api/typescript/contract.js').Profile} Profile
 * @typedef {import('../../api/typescript/contract.js').Register} Register
 * @typedef {import('../../api/typescript/contract.js').Role} Role
 * @typedef {import('../../api/typescript/contract.js').ServerConversationRead} ServerConversationRead
 * @typedef {import('../../api/typescript/contract.js').ServerFrame} ServerFrame
 * @typedef {import('../../api/typescript/contract.js').SignIn} SignIn
 * @typedef {import('../../api/typescript/contract.js').SignInChallenge} SignInChallenge
 * @typedef {import('../../api/typescript/contract.js').Tokens} Tokens
 * @typedef {import('../../api/typescript/contract.js').Visibility} Visibility
 * @typedef {import('../../api/typescript/contract.js').paths} paths
 *
 * @typedef {Exclude<Entry, Message | Hidden>} Change
 * @typedef {{recipientId: string} | {groupId: string}} Target Whom a message is for.
 */

export {};
