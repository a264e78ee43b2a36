// Made by tests/typescript/generate.mjs from api/openapi.json and api/asyncapi.json.

export interface paths {
    "/local/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the outbox
         * @description Mail and text messages that would have been sent, the newest last, codes included.
         */
        get: operations["readOutbox"];
        put?: never;
        post?: never;
        /**
         * Empty the outbox
         * @description It forgets which sends are to fail, and who is suppressed since a bounce, too.
         */
        delete: operations["emptyOutbox"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/local/outbox/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the next sends to an address fail
         * @description As a bounce, or as a throttle of the provider.
         */
        post: operations["failSends"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this document
         * @description For generators of clients.
         */
        get: operations["readContract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/authenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Answers tokens, or a challenge where the sign-in wants to know more: it is answered by `POST /v1/authenticate/challenge`. Whether a user exists is not told.
         */
        post: operations["authenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/authenticate/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer a challenge of a sign-in
         * @description Send back `challenge` and `session` as they came, with the answer: to `NEW_PASSWORD_REQUIRED` a new password, to `SOFTWARE_TOKEN_MFA` the code of the authenticator app, to `EMAIL_OTP` the code that was mailed, to `MFA_SETUP` the first code of the app that was set up with `secret`, to `SELECT_MFA_TYPE` one of `options`. Another challenge may follow.
         */
        post: operations["authenticateChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/authenticate/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange the code of the hosted sign-in
         * @description By email or with Google, where the deployment has the hosted sign-in.
         */
        post: operations["authenticateCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/authenticate/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get new tokens
         * @description The answer may bring another refresh token: it takes the place of the one before.
         */
        post: operations["refreshTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List blocked users
         * @description Each with the time since when.
         */
        get: operations["listBlocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocks/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Block a person
         * @description A send that starts after this was answered is refused, in both directions. While the block stands, the caller is shown nothing of the blocked person: not in check, unread counts, push, typing and read receipts; their messages in groups are entries of type `hidden`. The history of the direct conversation stays readable.
         */
        put: operations["block"];
        post?: never;
        /**
         * Unblock a person
         * @description It shows what was hidden, and brings back nothing that was refused. 404 only for what can be no id.
         */
        delete: operations["unblock"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List conversations
         * @description In no particular order: clients sort. `unread` is exact up to 100; it and `lastMessage` look at the last 200 entries at most.
         */
        get: operations["listConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{conversationId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a conversation's history
         * @description The entries above `after`, or the newest below `before`, or between both; without either the newest. An empty page is the end.
         */
        get: operations["readHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{conversationId}/messages/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an entry of a log
         * @description A message is as it now is: edited, or a tombstone. `Location` of a sent message points here.
         */
        get: operations["getEntry"];
        put?: never;
        post?: never;
        /**
         * Delete a message
         * @description Its sender, or an admin of the group. Its place stays, as a tombstone without a body.
         */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        /**
         * Edit a message
         * @description Its sender only. The log gets an entry `edited`.
         */
        patch: operations["editMessage"];
        trace?: never;
    };
    "/v1/conversations/{conversationId}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Mark a conversation as read
         * @description Up to the entry `seq`. It never moves backwards.
         */
        put: operations["markRead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/gateway/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a notification to a person
         * @description Delivered in order for each person, and held for up to 30 days until one of their devices has confirmed it.
         */
        post: operations["sendGatewayMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/graphql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a GraphQL query or mutation
         * @description What is wrong within the document is said in `errors`, with status 200; `extensions.code` is `invalid`, with the `field`, `idempotency-key-reused`, `unavailable` or `internal`. A document is at most 15 deep and sends at most two messages.
         */
        post: operations["graphql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List open groups
         * @description Those that anyone may join.
         */
        get: operations["listOpenGroups"];
        put?: never;
        /**
         * Create a group
         * @description The caller is its owner. At most 90 first members; a group has at most 10,000. With a `clientGroupId` it is created once, however often this is repeated within 24 hours; 404 where it was deleted since.
         */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a group
         * @description Anyone may see an open one; a private one only its members.
         */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        /**
         * Delete a group
         * @description Its owners only. Nothing of it stays. 503 while a large one is being deleted: repeat it.
         */
        delete: operations["deleteGroup"];
        options?: never;
        head?: never;
        /**
         * Rename a group, or change its visibility
         * @description Its owners only.
         */
        patch: operations["updateGroup"];
        trace?: never;
    };
    "/v1/groups/{groupId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a group's members
         * @description For members only.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Join a group, add a member, or change a role
         * @description Anyone may join an open group; admins and owners add members; owners change roles; anyone may step down. A new member reads from the moment of joining on. Who was removed by another cannot come back by themself: 403 `forbidden` until an admin adds them. A group has at most 10,000 members.
         */
        put: operations["putMember"];
        post?: never;
        /**
         * Leave a group, or remove a member
         * @description Anyone may leave; admins and owners remove those below their own rank.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message to a group
         * @description For members only; else as `POST /v1/messages`, with its `clientMessageId` and its limit.
         */
        post: operations["sendGroupMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lobby/admins/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Appoint an admin of the lobby
         * @description For the operator. Whoever is appointed becomes a member.
         */
        put: operations["appointLobbyAdmin"];
        post?: never;
        /**
         * Dismiss an admin of the lobby
         * @description For the operator. Whoever is dismissed stays a member.
         */
        delete: operations["dismissLobbyAdmin"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check messages
         * @description Every message that others sent in any of the caller's conversations after the caller's read position, each conversation in the order of its log. Checking moves no read position.
         */
        get: operations["checkMessages"];
        put?: never;
        /**
         * Send a message to one person
         * @description With a `clientMessageId` it is sent once, however often and however concurrently it is repeated within 24 hours. A deployment takes 10 messages a second of one sender in one conversation: above it 429, and the message may be repeated after `Retry-After`.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send mail and text messages
         * @description To at most 100 addresses, each once. With the values put in, a subject has at most 998 characters, a mail 100 KiB, a text message 1,600 characters. The same `TraceId` with the same body is not sent twice. Everything that is wrong is named at once, before anything is sent.
         */
        post: operations["notify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/{traceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the delivery status of a notification
         * @description Of each address: `PENDING`, `ACCEPTED` by the provider, `DELIVERED`, or `FAILED` with the reason.
         */
        get: operations["getNotification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description All sessions and sockets of the caller end.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for the code to reset a password
         * @description It is mailed to the user's address. The answer is the same whether or not there is such a user.
         */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reset a password
         * @description All sessions and sockets of the user end.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a token for one WebSocket
         * @description Connect to `url?token=…`: once, before it expires. A person may have 20 open at a time.
         */
        post: operations["issueRealtimeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description A registration that broke off is healed by repeating it with the same password, or by signing in.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/register/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm a registration
         * @description With the code that was mailed, where `register` answered `"confirmed": false`.
         */
        post: operations["confirmRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/register/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the code of a registration again
         * @description The answer is the same whether or not there is such a registration.
         */
        post: operations["resendCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End one session, or all
         * @description With a `refreshToken` the session that it belongs to; without one all of the caller's, and their sockets.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates
         * @description Their names, in alphabetical order.
         */
        get: operations["listTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{templateName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a template
         * @description As it was put, with its placeholders.
         */
        get: operations["getTemplate"];
        /**
         * Create or replace a template
         * @description A body has at most 100 KiB of UTF-8.
         */
        put: operations["putTemplate"];
        post?: never;
        /**
         * Delete a template
         * @description 404 only for what can be no name.
         */
        delete: operations["deleteTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{templateName}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a template
         * @description What a mail would say, with the values put in. Nothing is sent.
         */
        post: operations["previewTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find a person by user name
         * @description The whole name, case ignored.
         */
        get: operations["findUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get your profile
         * @description What others see of you.
         */
        get: operations["getOwnProfile"];
        put?: never;
        post?: never;
        /**
         * Delete your account
         * @description Sign-in, refresh and sockets end at once. The profile, personal data and the bodies of the caller's messages are erased soon after, with an entry `userErased` in each conversation. Where the caller was the last owner of a group, the oldest admin or else the oldest member becomes owner; a group left empty is deleted.
         */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        /**
         * Change your profile
         * @description What is left out stays as it is.
         */
        patch: operations["changeProfile"];
        trace?: never;
    };
    "/v1/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export your data
         * @description All that is held about the caller. A page may be short, even empty, with more behind it: go on while there is a `nextCursor`.
         */
        get: operations["exportAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get your second factors
         * @description Whether a sign-in asks for the code of an authenticator app.
         */
        get: operations["getSecondFactors"];
        put?: never;
        /**
         * Begin to set up an authenticator app
         * @description The app is set up with the `secret`, or with `otpauthUri` as a QR code; `POST /v1/users/me/mfa/confirm` switches it on.
         */
        post: operations["enrolMfa"];
        /**
         * Switch the authenticator app off
         * @description With the password, as a proof of who asks.
         */
        delete: operations["switchMfaOff"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/mfa/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch the authenticator app on
         * @description With the first code that the app shows, as a proof that it was set up.
         */
        post: operations["confirmMfa"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a person's profile
         * @description By their id.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A client's own name for a message or a group that it creates: 1-64 of `A-Z a-z 0-9 - _ .`. */
        ClientId: string;
        /** @description A conversation: opaque, safe in the path of a URL. */
        ConversationId: string;
        /** @description The message at `target` is a tombstone now. */
        DeletedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /** @description The message. */
            target: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "deleted";
        };
        /** @description The message at `target` has another body now. */
        EditedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /** @description The message. */
            target: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "edited";
        };
        /** @description An entry of a log, a message among them: a ULID. */
        EntryId: string;
        /** @description A value that the request holds and that cannot be accepted. */
        FieldError: {
            /** @description What it must be. */
            detail: string;
            /** @description Where it stands: a JSON pointer (RFC 6901) into the body, or `?name` of a query parameter. */
            pointer: string;
        };
        /** @description The first entry of a group's log. */
        GroupCreatedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description The first members, the owner among them. */
            memberIds: components["schemas"]["UserId"][];
            /** @description The group's name at first. */
            name: components["schemas"]["Name"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "groupCreated";
            /** @description Its visibility at first. */
            visibility: components["schemas"]["Visibility"];
        };
        /** @description The group is gone; nothing follows. */
        GroupDeletedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "groupDeleted";
        };
        /** @description A group: a ULID, or `lobby`. */
        GroupId: string;
        /** @description The group has another name or visibility. */
        GroupUpdatedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description The new name, where it changed. */
            name?: components["schemas"]["Name"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "groupUpdated";
            /** @description The new visibility, where it changed. */
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description `target` belongs to the group from here on. */
        MemberAddedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Their role. */
            role: components["schemas"]["Role"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /** @description The new member. */
            target: components["schemas"]["UserId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "memberAdded";
        };
        /** @description `target` does not belong to the group any more. */
        MemberRemovedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /** @description The former member. */
            target: components["schemas"]["UserId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "memberRemoved";
        };
        /** @description A message as it now is. */
        Message: {
            /** @description What it says; nothing once it is deleted. */
            body?: components["schemas"]["MessageBody"];
            /** @description The sender's own name for it. */
            clientMessageId?: components["schemas"]["ClientId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When it was sent. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description When it was deleted. */
            deletedAt?: components["schemas"]["Timestamp"];
            /** @description When it was last edited. */
            editedAt?: components["schemas"]["Timestamp"];
            /** @description To which group. */
            groupId?: components["schemas"]["GroupId"];
            /** @description Its id. */
            messageId: components["schemas"]["EntryId"];
            /** @description To whom, in a direct conversation. */
            recipientId?: components["schemas"]["UserId"];
            /** @description The message that it answers. */
            replyTo?: components["schemas"]["Seq"];
            /** @description Who sent it. */
            senderId: components["schemas"]["UserId"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "message";
        };
        /** @description What a message says: 1-4,000 Unicode scalar values, not blank, no control characters but tab and line feed. */
        MessageBody: string;
        /** @description A group's or a person's name: 1-100 Unicode scalar values, not blank, no control characters. */
        Name: string;
        /** @description What went wrong, as RFC 9457 has it. */
        Problem: {
            /** @description What is wrong, for a program to compare. */
            code: components["schemas"]["ProblemCode"];
            /** @description What is wrong, for a developer to read. */
            detail: string;
            /** @description Each bad value. */
            errors?: components["schemas"]["FieldError"][];
            /** @description Where the local server's gateway answers: what API Gateway's own body says. */
            message?: string;
            /** @description Names the request in the log. */
            requestId: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description `urn:chinwag:problem:<code>`. */
            type: string;
        };
        /**
         * @description What can be wrong with a request, for a program to compare.
         *     - `malformed`: The request cannot be read: no JSON, a wrong type, an unknown field, a bad cursor. `errors` names it.
         *     - `invalid`: The request can be read and has values that are not allowed, or none where one is required. `errors` names each.
         *     - `too-large`: The body is larger than 256 KiB.
         *     - `not-json`: The body is not declared as JSON.
         *     - `unauthenticated`: No valid access token, token of the notifications, or API key.
         *     - `bad-credentials`: The user name, the password, or what else was brought to sign in with is wrong.
         *     - `not-confirmed`: The account waits for the code that was sent when it was registered.
         *     - `forbidden`: The caller may not do this.
         *     - `not-a-member`: The caller does not belong to the group.
         *     - `blocked`: One of the two people has blocked the other.
         *     - `not-found`: There is none, or the caller may not know of it.
         *     - `username-taken`: Someone has this user name.
         *     - `mfa-on`: A second factor is on already.
         *     - `client-group-id-reused`: The `clientGroupId` stands for a group with another content.
         *     - `client-message-id-reused`: The `clientMessageId` stands for a message with another content, or in another conversation.
         *     - `trace-id-reused`: The `TraceId` stands for a request with another body.
         *     - `last-owner`: A group keeps an owner.
         *     - `group-full`: The group has as many members as it may.
         *     - `deleted`: The message was deleted.
         *     - `too-many-requests`: Too many requests: repeat it after `Retry-After`.
         *     - `unavailable`: Busy: repeat it after `Retry-After`.
         *     - `internal`: A fault of the service, which is in its log under `requestId`.
         * @enum {string}
         */
        ProblemCode: "malformed" | "invalid" | "too-large" | "not-json" | "unauthenticated" | "bad-credentials" | "not-confirmed" | "forbidden" | "not-a-member" | "blocked" | "not-found" | "username-taken" | "mfa-on" | "client-group-id-reused" | "client-message-id-reused" | "trace-id-reused" | "last-owner" | "group-full" | "deleted" | "too-many-requests" | "unavailable" | "internal";
        /**
         * @description What a member may do; the later, the more.
         *     - `member`: Reads and writes.
         *     - `admin`: Adds members, removes those of lower rank, deletes messages.
         *     - `owner`: Gives roles, renames and deletes the group.
         * @enum {string}
         */
        Role: "member" | "admin" | "owner";
        /** @description `target` has another role. */
        RoleChangedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Their role now. */
            role: components["schemas"]["Role"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /** @description The member. */
            target: components["schemas"]["UserId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "roleChanged";
        };
        /**
         * Format: int64
         * @description The place of an entry in its log: 1, 2, 3 … without a gap. Zero stands before the first.
         */
        Seq: number;
        /** @description A notification: a number of up to 128 bits as text, growing for each person. */
        SequenceNumber: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds, as RFC 3339 writes it.
         */
        Timestamp: string;
        /**
         * @description The account of the entry's actor was erased: of what they wrote before it, nothing is left, and they belong to the
         *     conversation no more.
         */
        UserErasedChange: {
            /** @description Whose doing. */
            actorId: components["schemas"]["UserId"];
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "userErased";
        };
        /** @description A person: the `sub` of the Cognito account, a hyphenated UUID in lower case. In answers also `system`, where it was nobody. */
        UserId: string;
        /**
         * @description Who may see and join a group.
         *     - `private`: Only its members know of it.
         *     - `open`: Everyone sees it and may join.
         * @enum {string}
         */
        Visibility: "private" | "open";
        /** @description What the user pool knows. */
        AccountHeld: {
            /** @description What Cognito calls it. */
            account: string;
            /** @description What it knows of the person: `email`, `name`, `sub` and others, by the names of `OpenID` Connect. */
            attributes: {
                [key: string]: string;
            };
            /** @description Since when it is there. */
            createdAt?: components["schemas"]["Timestamp"];
            /** @description The second factors that are on, by Cognito's names for them. */
            mfa: string[];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "account";
        };
        /** @description Where something is sent: a mail address, or a telephone number as E.164 writes it. */
        Address: string;
        /** @description What a person signs in with. */
        Authenticate: {
            /** @description The password. */
            password: string;
            /** @description The user name. */
            username: string;
        };
        /** @description An answer, and what it answers. */
        AuthenticateChallenge: {
            /** @description The answer. */
            answer: string;
            /** @description What is answered. */
            challenge: components["schemas"]["Challenge"];
            /** @description As it came with the challenge. */
            session: string;
            /** @description Who signs in. */
            username: string;
        };
        /** @description What the browser brought back, and what the client kept meanwhile. */
        AuthenticateCode: {
            /** @description What the hosted sign-in sent the browser back with. */
            code: string;
            /** @description What the client kept: the proof key of RFC 7636. */
            codeVerifier: string;
            /** @description Where it sent the browser: one that the deployment names. */
            redirectUri: string;
        };
        /** @description What an authenticator app is set up with. */
        Authenticator: {
            /** @description The same, to be shown as a QR code. */
            otpauthUri: string;
            /** @description In base 32, to be typed. */
            secret: string;
        };
        /** @description One block. */
        Block: {
            /** @description Since when. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description Who is blocked. */
            userId: components["schemas"]["UserId"];
        };
        /** @description Somebody whom they have blocked. */
        BlockHeld: {
            /** @description Since when. */
            createdAt: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "block";
            /** @description Who is blocked. */
            userId: components["schemas"]["UserId"];
        };
        BlockPage: {
            blocks: components["schemas"]["Block"][];
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
        };
        /**
         * @description A challenge of a sign-in that the API has an answer to.
         *     - `NEW_PASSWORD_REQUIRED`: The password was given by an administrator: the answer is one of one's own.
         *     - `SOFTWARE_TOKEN_MFA`: The answer is the code that the authenticator shows.
         *     - `MFA_SETUP`: A second factor must be set up: the answer is the first code of the authenticator.
         *     - `EMAIL_OTP`: The answer is the code that came by mail.
         *     - `SELECT_MFA_TYPE`: There are several second factors: the answer is the name of one.
         * @enum {string}
         */
        Challenge: "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" | "MFA_SETUP" | "EMAIL_OTP" | "SELECT_MFA_TYPE";
        /** @description The password as it was, and as it is to be. */
        ChangePassword: {
            /** @description The password as it is to be. */
            newPassword: components["schemas"]["Password"];
            /** @description The password as it is. */
            password: string;
        };
        /** @description What the caller changes. */
        ChangeProfile: {
            /** @description How the caller is to be called. */
            displayName?: components["schemas"]["Name"];
        };
        /**
         * @description How an address is reached.
         *     - `EMAIL`: Mail.
         *     - `SMS`: A text message.
         * @enum {string}
         */
        Channel: "EMAIL" | "SMS";
        /** @description What a client called a message or a group that it made within the last day. */
        ClientIdHeld: {
            /** @description As the table names it: a group's stands behind `group#`. */
            clientId: string;
            /** @description Where the message went, or the log of the group. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When it was first used. */
            createdAt: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "clientId";
        };
        /** @description The first code of the authenticator. */
        ConfirmMfa: {
            /** @description The code that the authenticator shows. */
            code: string;
        };
        /** @description A code that came by mail. */
        ConfirmRegistration: {
            /** @description The code of the mail. */
            code: string;
            /** @description Whose registration. */
            username: components["schemas"]["Username"];
        };
        /** @description A device that is connected. */
        ConnectionHeld: {
            /** @description Since when. */
            since: components["schemas"]["Timestamp"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "connection";
        };
        /** @description A conversation as one of its people sees it. */
        Conversation: components["schemas"]["DirectConversation"] | components["schemas"]["GroupConversation"];
        /** @description A part in a conversation, former ones included. */
        ConversationHeld: {
            /** @description In which conversation. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description The entry that says that their account was erased: of what they wrote before it, nothing is left. */
            erasedSeq?: components["schemas"]["Seq"];
            /** @description Since when they belong to it. */
            joinedAt: components["schemas"]["Timestamp"];
            /** @description The first entry that they may read. */
            joinedSeq: components["schemas"]["Seq"];
            /** @description The conversation again while they belong to it: the key of the index of members. */
            memberOf?: components["schemas"]["ConversationId"];
            /** @description The other person of a direct conversation. */
            peerId?: components["schemas"]["UserId"];
            /** @description The last entry that they have read. */
            readSeq: components["schemas"]["Seq"];
            /** @description When they left or were removed. */
            removedAt?: components["schemas"]["Timestamp"];
            /** @description By whom; themself if they left. */
            removedBy?: components["schemas"]["UserId"];
            /** @description Their role in a group; none in a direct conversation. */
            role?: components["schemas"]["Role"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "conversation";
            /** @description Whose. */
            userId: components["schemas"]["UserId"];
        };
        ConversationPage: {
            conversations: components["schemas"]["Conversation"][];
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
        };
        /** @description What a group begins with. */
        CreateGroup: {
            /** @description The caller's own id for it: made again with the same one, it is made once. */
            clientGroupId?: components["schemas"]["ClientId"];
            /** @description The first members besides the caller: at most 90 people; repeated ids count once. */
            memberIds?: components["schemas"]["UserId"][];
            /** @description Its name. */
            name: components["schemas"]["Name"];
            /** @description Who may see and join it; `private` where it is left out. */
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description What is known of a delivery. */
        Delivery: {
            /** @description To whom. */
            address: components["schemas"]["Address"];
            /**
             * Format: int64
             * @description How often sending was begun.
             */
            attempts?: number;
            /** @description How. */
            channel: components["schemas"]["Channel"];
            /** @description Its id. */
            deliveryId: components["schemas"]["DeliveryId"];
            /** @description How far it is. */
            deliveryStatus: components["schemas"]["DeliveryStatus"];
            /** @description Why it failed, or why it was not taken yet. */
            reason?: string;
            /**
             * Format: int64
             * @description Of how many parts a text message consists: each is paid for.
             */
            segments?: number;
            /** @description When it last came further. */
            updatedAt?: components["schemas"]["Timestamp"];
        };
        /** @description One delivery: a ULID. */
        DeliveryId: string;
        /**
         * @description How far a delivery is.
         *     - `PENDING`: It waits, or is being sent.
         *     - `ACCEPTED`: The provider has taken it.
         *     - `DELIVERED`: It has arrived.
         *     - `FAILED`: It will not arrive, or was returned after it had.
         * @enum {string}
         */
        DeliveryStatus: "PENDING" | "ACCEPTED" | "DELIVERED" | "FAILED";
        /** @description Two people's. */
        DirectConversation: {
            /** @description Its id. */
            conversationId: components["schemas"]["ConversationId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "direct";
            /** @description The last message that the caller may see. */
            lastMessage?: components["schemas"]["Message"];
            /** @description The place of its last entry. */
            lastSeq: components["schemas"]["Seq"];
            /** @description The other one. */
            peerId: components["schemas"]["UserId"];
            /** @description Up to which entry the caller has read. */
            readSeq: components["schemas"]["Seq"];
            /**
             * Format: int64
             * @description How many messages of others the caller has not read, up to 100.
             */
            unread: number;
        };
        /** @description The other body. */
        EditMessage: {
            /** @description What it is to say. */
            body: components["schemas"]["MessageBody"];
        };
        /** @description What goes to mail addresses. */
        EmailMessage: {
            /** @description One of the configured senders. */
            FromAddress: components["schemas"]["Address"];
            /** @description What it says: text or HTML with placeholders such as `{name}`; the template's where it is left out. */
            MessageBody?: string;
            /** @description Where answers go. */
            ReplyToAddress?: components["schemas"]["Address"];
            /** @description What it is about: one line with placeholders; the template's where it is left out. */
            Subject?: string;
            /** @description The values of the placeholders, for all addresses. */
            Substitutions?: components["schemas"]["Substitutions"];
            /** @description The template of what is left out. */
            TemplateName?: components["schemas"]["TemplateName"];
        };
        /** @description An entry of a conversation's log, as one reader sees it. */
        Entry: components["schemas"]["Message"] | components["schemas"]["EditedChange"] | components["schemas"]["DeletedChange"] | components["schemas"]["GroupCreatedChange"] | components["schemas"]["MemberAddedChange"] | components["schemas"]["MemberRemovedChange"] | components["schemas"]["RoleChangedChange"] | components["schemas"]["GroupUpdatedChange"] | components["schemas"]["UserErasedChange"] | components["schemas"]["GroupDeletedChange"] | components["schemas"]["Hidden"];
        EntryList: {
            entries: components["schemas"]["Entry"][];
        };
        /** @description How the next sends to an address are to fail. */
        FailSends: {
            /** @description To which address. */
            address: string;
            /** @description How they fail. */
            kind: components["schemas"]["Failure"];
            /**
             * Format: int64
             * @description How many sends: the next ones.
             */
            times: number;
        };
        /**
         * @description How a send fails.
         *     - `bounce`: It is taken, and comes back.
         *     - `throttle`: It is refused: there are too many.
         * @enum {string}
         */
        Failure: "bounce" | "throttle";
        /** @description Who has forgotten their password. */
        ForgotPassword: {
            /** @description Who has forgotten it. */
            username: components["schemas"]["Username"];
        };
        /** @description What is to be said to whom. */
        GatewayMessage: {
            /** @description The producer's own id for it: sent again to the same person within 5 minutes, it is delivered once. */
            deduplicationId?: string;
            /** @description Any JSON of at most 64 KiB. */
            message: unknown;
            /** @description To whom. */
            userId: components["schemas"]["UserId"];
        };
        /** @description What is answered. */
        GatewayReceipt: {
            /** @description Its id, by which a device confirms it. */
            messageId: components["schemas"]["SequenceNumber"];
            /**
             * @description Always this.
             * @constant
             */
            status: "Message sent to queue";
        };
        /** @description What API Gateway says itself on AWS, before a route is reached. */
        GatewayRefusal: {
            message: string;
        };
        /** @description A request as GraphQL over HTTP has it. */
        GraphQlRequest: {
            /** @description Which of its operations. */
            operationName?: string;
            /** @description The document. */
            query: string;
            /** @description Their values. */
            variables?: {
                [key: string]: unknown;
            };
        };
        /** @description The answer, as GraphQL has it. */
        GraphQlResponse: {
            data?: Record<string, never> | null;
            errors?: {
                extensions?: Record<string, never>;
                locations?: Record<string, never>[];
                message: string;
                path?: (string | number)[];
            }[];
        };
        /** @description A group as everyone who may see it sees it. */
        Group: {
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description When it was made. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description By whom. */
            createdBy: components["schemas"]["UserId"];
            /** @description Its id. */
            groupId: components["schemas"]["GroupId"];
            /** @description Its name. */
            name: components["schemas"]["Name"];
            /** @description Who may see it. */
            visibility: components["schemas"]["Visibility"];
        };
        /** @description A group's. */
        GroupConversation: {
            /** @description Its id. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description The group. */
            groupId: components["schemas"]["GroupId"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "group";
            /** @description The last message that the caller may see. */
            lastMessage?: components["schemas"]["Message"];
            /** @description The place of its last entry. */
            lastSeq: components["schemas"]["Seq"];
            /** @description Its name. */
            name: components["schemas"]["Name"];
            /** @description Up to which entry the caller has read. */
            readSeq: components["schemas"]["Seq"];
            /**
             * Format: int64
             * @description How many messages of others the caller has not read, up to 100.
             */
            unread: number;
        };
        GroupPage: {
            groups: components["schemas"]["Group"][];
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
        };
        /** @description A piece of what is held about a person. */
        HeldItem: components["schemas"]["Message"] | components["schemas"]["EditedChange"] | components["schemas"]["DeletedChange"] | components["schemas"]["GroupCreatedChange"] | components["schemas"]["MemberAddedChange"] | components["schemas"]["MemberRemovedChange"] | components["schemas"]["RoleChangedChange"] | components["schemas"]["GroupUpdatedChange"] | components["schemas"]["UserErasedChange"] | components["schemas"]["GroupDeletedChange"] | components["schemas"]["Hidden"] | components["schemas"]["ProfileHeld"] | components["schemas"]["AccountHeld"] | components["schemas"]["ConnectionHeld"] | components["schemas"]["ConversationHeld"] | components["schemas"]["BlockHeld"] | components["schemas"]["ClientIdHeld"] | components["schemas"]["NotificationHeld"];
        HeldItemPage: {
            items: components["schemas"]["HeldItem"][];
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
        };
        /** @description An entry of which the reader sees only that it is there. */
        Hidden: {
            /** @description Its log. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description Its place there. */
            seq: components["schemas"]["Seq"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "hidden";
        };
        /** @description A template in a list. */
        ListedTemplate: {
            /** @description Its name. */
            TemplateName: components["schemas"]["TemplateName"];
        };
        ListedTemplatePage: {
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
            templates: components["schemas"]["ListedTemplate"][];
        };
        /** @description Up to which entry. */
        MarkRead: {
            /** @description The last entry that the caller has read. */
            seq: components["schemas"]["Seq"];
        };
        /** @description A member of a group, as the other members see them. */
        Member: {
            /** @description Since when. */
            joinedAt: components["schemas"]["Timestamp"];
            /** @description As what. */
            role: components["schemas"]["Role"];
            /** @description Who. */
            userId: components["schemas"]["UserId"];
        };
        MemberPage: {
            members: components["schemas"]["Member"][];
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
        };
        MessagePage: {
            messages: components["schemas"]["Message"][];
            /** @description Where the next page begins; only where there is more. */
            nextCursor?: string;
        };
        /**
         * @description What a text message is for: carriers and rules differ.
         *     - `TRANSACTIONAL`: Somebody waits for it.
         *     - `PROMOTIONAL`: Advertising.
         * @enum {string}
         */
        MessageType: "TRANSACTIONAL" | "PROMOTIONAL";
        /** @description An address. */
        NotificationAddress: {
            /** @description How it is reached. */
            ChannelType: components["schemas"]["Channel"];
            /** @description Its own values, which win. */
            Substitutions?: components["schemas"]["Substitutions"];
        };
        /** @description What another system has to say to them and no device has confirmed. */
        NotificationHeld: {
            /** @description What it says. */
            message: unknown;
            /** @description Its id. */
            messageId: components["schemas"]["SequenceNumber"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "notification";
        };
        /** @description What is answered. */
        NotificationReceipt: {
            /** @description One for each address. */
            deliveries: components["schemas"]["QueuedDelivery"][];
            /**
             * @description Always this.
             * @constant
             */
            status: "Message sent to queue";
            /** @description The sender's own id for the request. */
            traceId: components["schemas"]["TraceId"];
        };
        /** @description What is answered. */
        NotificationStatus: {
            /** @description When it was accepted. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description One for each address. */
            deliveries: components["schemas"]["Delivery"][];
            /** @description The sender's own id for the request. */
            traceId: components["schemas"]["TraceId"];
        };
        /** @description One text to many addresses. */
        Notify: {
            /** @description To whom: mail addresses, and telephone numbers in E.164, each once. */
            Addresses: {
                [key: string]: components["schemas"]["NotificationAddress"];
            };
            /** @description What goes to mail addresses. */
            EmailMessage?: components["schemas"]["EmailMessage"];
            /** @description What goes to telephones. */
            SMSMessage?: components["schemas"]["SmsMessage"];
            /** @description The sender's own id for the request: with the same body it is sent once, with another it is refused. */
            TraceId: components["schemas"]["TraceId"];
        };
        /**
         * @description A way to reach people.
         *     - `EMAIL`: Mail.
         *     - `SMS`: Text message.
         * @enum {string}
         */
        OutboxChannel: "EMAIL" | "SMS";
        /** @description One message. */
        OutboxMessage: {
            /** @description The text. */
            body: string;
            /** @description How it would have gone out. */
            channel: components["schemas"]["OutboxChannel"];
            /** @description The sender's address. */
            from: string;
            /** @description When. */
            sentAt: components["schemas"]["Timestamp"];
            /** @description The subject of a mail. */
            subject?: string;
            /** @description The receiver's address. */
            to: string;
        };
        OutboxMessageList: {
            messages: components["schemas"]["OutboxMessage"][];
        };
        /**
         * Format: password
         * @description A password that keeps the user pool's policy: 10-256 characters with upper case, lower case and digit.
         */
        Password: string;
        /** @description The values of a preview. */
        PreviewTemplate: {
            /** @description The values of the placeholders. */
            Substitutions?: components["schemas"]["Substitutions"];
        };
        /** @description What everyone signed in may know of a person. */
        Profile: {
            /** @description How they are called. */
            displayName: components["schemas"]["Name"];
            /** @description Their id. */
            userId: components["schemas"]["UserId"];
            /** @description Their user name. */
            username: components["schemas"]["Username"];
        };
        /** @description What others see of them. */
        ProfileHeld: {
            /** @description When they registered. */
            createdAt: components["schemas"]["Timestamp"];
            /** @description How they are called. */
            displayName: components["schemas"]["Name"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "profile";
            /** @description Their id. */
            userId: components["schemas"]["UserId"];
            /** @description Their user name. */
            username: components["schemas"]["Username"];
        };
        /** @description As what. */
        PutMember: {
            /** @description Their role: `member` for a new member where it is left out. */
            role?: components["schemas"]["Role"];
        };
        /** @description A template as it is written. */
        PutTemplate: {
            /** @description What it says: text or HTML with placeholders; not blank. */
            MessageBody: string;
            /** @description What a mail is about: one line with placeholders such as `{name}`. */
            Subject?: string;
        };
        QueuedDelivery: {
            /** @description To whom. */
            address: components["schemas"]["Address"];
            /** @description Its id. */
            deliveryId: components["schemas"]["DeliveryId"];
        };
        /** @description What opens a socket. */
        RealtimeToken: {
            /**
             * Format: int64
             * @description Seconds for which it does.
             */
            expiresIn: number;
            /** @description Opens one WebSocket, once. */
            token: string;
            /** @description Where to connect, with the query `?token=…`. */
            url: string;
        };
        /** @description The token of an earlier sign-in. */
        RefreshTokens: {
            /** @description The refresh token that came last. */
            refreshToken: string;
        };
        /** @description What a person registers with. */
        Register: {
            /** @description How they are called; the user name where it is left out. */
            displayName?: components["schemas"]["Name"];
            /**
             * Format: email
             * @description Where the code that confirms the registration is sent.
             */
            email: string;
            /** @description What they sign in with. */
            password: components["schemas"]["Password"];
            /** @description How they sign in and are found; nobody may have it yet. */
            username: components["schemas"]["Username"];
        };
        /** @description A new account. */
        Registered: {
            /** @description Whether they may sign in at once; otherwise a code was sent that confirms the registration. */
            confirmed: boolean;
            /** @description Their id. */
            userId: components["schemas"]["UserId"];
            /** @description Their user name, in lower case. */
            username: components["schemas"]["Username"];
        };
        /** @description Whose code is to be sent again. */
        ResendCode: {
            /** @description Whose code. */
            username: components["schemas"]["Username"];
        };
        /** @description The code that came by mail, and the new password. */
        ResetPassword: {
            /** @description The code of the mail. */
            code: string;
            /** @description The new password. */
            password: components["schemas"]["Password"];
            /** @description Whose password. */
            username: components["schemas"]["Username"];
        };
        /** @description What is on. */
        SecondFactors: {
            /** @description Whether a sign-in asks for the code of an authenticator app. */
            softwareToken: boolean;
        };
        /** @description A message to a group. */
        SendGroupMessage: {
            /** @description What it says. */
            body: components["schemas"]["MessageBody"];
            /** @description The sender's own id for it: sent again with the same one within 24 hours, it is sent once. */
            clientMessageId?: components["schemas"]["ClientId"];
            /** @description The message of the group that it answers. */
            replyTo?: components["schemas"]["Seq"];
        };
        /** @description A message to one person. */
        SendMessage: {
            /** @description What it says. */
            body: components["schemas"]["MessageBody"];
            /** @description The sender's own id for it: sent again with the same one within 24 hours, it is sent once. */
            clientMessageId?: components["schemas"]["ClientId"];
            /** @description To whom. */
            recipientId: components["schemas"]["UserId"];
            /** @description The message of the same conversation that it answers. */
            replyTo?: components["schemas"]["Seq"];
        };
        /** @description How a sign-in went. */
        SignIn: components["schemas"]["Tokens"] | components["schemas"]["SignInChallenge"];
        /** @description What a sign-in wants to know before there are tokens. */
        SignInChallenge: {
            /** @description What it wants. */
            challenge: components["schemas"]["Challenge"];
            /** @description The answers to choose from, where it offers a choice. */
            options?: string[];
            /** @description The same, to be shown as a QR code. */
            otpauthUri?: string;
            /** @description In base 32, to be typed. */
            secret?: string;
            /** @description To be sent back with the answer. */
            session: string;
        };
        /** @description Which session ends. */
        SignOut: {
            /** @description Of the session that ends; without it all end. */
            refreshToken?: string;
        };
        /** @description What goes to telephones. */
        SmsMessage: {
            /** @description What it says, with placeholders such as `{name}`; the template's where it is left out. */
            MessageBody?: string;
            /** @description Whether it is urgent. */
            MessageType: components["schemas"]["MessageType"];
            /** @description One of the configured senders. */
            OriginationNumber: components["schemas"]["Address"];
            /** @description The values of the placeholders, for all addresses. */
            Substitutions?: components["schemas"]["Substitutions"];
            /** @description The template of what is left out. */
            TemplateName?: components["schemas"]["TemplateName"];
        };
        /** @description A text, a number or a truth value; of a list its first. */
        Substitution: string | number | boolean | [
            string | number | boolean
        ];
        /** @description Values by name. */
        Substitutions: {
            [key: string]: components["schemas"]["Substitution"];
        };
        /** @description What it takes to do without the second factor again. */
        SwitchMfaOff: {
            /** @description The caller's password. */
            password: string;
        };
        /** @description A template as it is kept and shown. */
        Template: {
            /** @description The body. */
            MessageBody: string;
            /** @description The subject of a mail. */
            Subject?: string;
            /** @description Its name. */
            TemplateName: components["schemas"]["TemplateName"];
        };
        /** @description The name of a template: 1-64 of `A-Z a-z 0-9 - _ .`. */
        TemplateName: string;
        /** @description What would be sent. */
        TemplatePreview: {
            /** @description What it would say. */
            MessageBody: string;
            /** @description What a mail would be about. */
            Subject?: string;
        };
        /** @description The tokens of a session. */
        Tokens: {
            /** @description For every route with a caller. */
            accessToken: string;
            /**
             * Format: int32
             * @description Seconds for which the access token is good.
             */
            expiresIn: number;
            /** @description Says who signed in, for the client itself. */
            idToken: string;
            /** @description Gets new tokens. */
            refreshToken: string;
            /** @description `Bearer`. */
            tokenType: string;
        };
        /** @description A sender's own name for a request: 1-128 characters, no control characters. */
        TraceId: string;
        /** @description What is to be changed. */
        UpdateGroup: {
            /** @description Its new name. */
            name?: components["schemas"]["Name"];
            /** @description Who may see and join it from now on. */
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description A user name: 3-32 of `a-z 0-9 . _ -`, beginning with a letter or digit; case is ignored, lower case is kept. */
        Username: string;
        /** @description Keep the socket open. */
        ClientPing: {
            /** @constant */
            action: "ping";
            /** @description The client's name for the frame; the answer has it, too. */
            requestId?: string;
        };
        /** @description Up to which entry. */
        ClientRead: {
            /** @constant */
            action: "read";
            conversationId: components["schemas"]["ConversationId"];
            /** @description The client's name for the frame; the answer has it, too. */
            requestId?: string;
            /** @description The last entry that the caller has read. */
            seq: components["schemas"]["Seq"];
        };
        /** @description Say that one has a notification: it is not delivered again. */
        ClientReceived: {
            /** @constant */
            action: "received";
            messageId: components["schemas"]["SequenceNumber"];
            /** @description The client's name for the frame; the answer has it, too. */
            requestId?: string;
        };
        /** @description A message to one person. */
        ClientSend: {
            /** @constant */
            action: "send";
            /** @description What it says. */
            body: components["schemas"]["MessageBody"];
            /** @description The sender's own id for it: sent again with the same one within 24 hours, it is sent once. */
            clientMessageId?: components["schemas"]["ClientId"];
            /** @description To whom. */
            recipientId: components["schemas"]["UserId"];
            /** @description The message of the same conversation that it answers. */
            replyTo?: components["schemas"]["Seq"];
            /** @description The client's name for the frame; the answer has it, too. */
            requestId?: string;
        };
        /** @description A message to a group. */
        ClientSendGroup: {
            /** @constant */
            action: "sendGroup";
            /** @description What it says. */
            body: components["schemas"]["MessageBody"];
            /** @description The sender's own id for it: sent again with the same one within 24 hours, it is sent once. */
            clientMessageId?: components["schemas"]["ClientId"];
            groupId: components["schemas"]["GroupId"];
            /** @description The message of the group that it answers. */
            replyTo?: components["schemas"]["Seq"];
            /** @description The client's name for the frame; the answer has it, too. */
            requestId?: string;
        };
        /** @description Say that one is writing. */
        ClientTyping: {
            /** @constant */
            action: "typing";
            conversationId: components["schemas"]["ConversationId"];
            /** @description The client's name for the frame; the answer has it, too. */
            requestId?: string;
        };
        ClientFrame: components["schemas"]["ClientPing"] | components["schemas"]["ClientRead"] | components["schemas"]["ClientReceived"] | components["schemas"]["ClientSend"] | components["schemas"]["ClientSendGroup"] | components["schemas"]["ClientTyping"];
        /** @description It is done. */
        ServerAck: {
            /** @description The message that was sent. */
            message?: components["schemas"]["Message"];
            /** @description The client's name for its frame. */
            requestId?: string;
            /** @constant */
            type: "ack";
        };
        /** @description Whom the person has blocked has changed: what their devices hold must be paged in anew. */
        ServerBlocksChanged: {
            /** @constant */
            type: "blocks.changed";
        };
        /** @description Somebody has read a conversation up to an entry. */
        ServerConversationRead: {
            /** @description Which conversation. */
            conversationId: components["schemas"]["ConversationId"];
            /** @description Up to which entry. */
            seq: components["schemas"]["Seq"];
            /** @constant */
            type: "conversation.read";
            /** @description Who. */
            userId: components["schemas"]["UserId"];
        };
        /** @description It is not done. */
        ServerError: {
            /** @description Why. */
            problem: components["schemas"]["Problem"];
            /** @description The client's name for its frame. */
            requestId?: string;
            /** @constant */
            type: "error";
        };
        /** @description A group was made, with the person in it. */
        ServerGroupCreated: {
            /** @description The entry that records it. */
            entry: components["schemas"]["GroupCreatedChange"];
            /** @constant */
            type: "group.created";
        };
        /** @description A group is gone. */
        ServerGroupDeleted: {
            /** @description The entry that records it. */
            entry: components["schemas"]["GroupDeletedChange"];
            /** @constant */
            type: "group.deleted";
        };
        /** @description A group has another name or visibility. */
        ServerGroupUpdated: {
            /** @description The entry that records it. */
            entry: components["schemas"]["GroupUpdatedChange"];
            /** @constant */
            type: "group.updated";
        };
        /** @description Somebody belongs to a group now. */
        ServerMemberAdded: {
            /** @description The entry that records it. */
            entry: components["schemas"]["MemberAddedChange"];
            /** @constant */
            type: "member.added";
        };
        /** @description Somebody does not belong to a group any more. */
        ServerMemberRemoved: {
            /** @description The entry that records it. */
            entry: components["schemas"]["MemberRemovedChange"];
            /** @constant */
            type: "member.removed";
        };
        /** @description A member has another role. */
        ServerMemberUpdated: {
            /** @description The entry that records it. */
            entry: components["schemas"]["RoleChangedChange"];
            /** @constant */
            type: "member.updated";
        };
        /** @description Somebody wrote a message. */
        ServerMessageCreated: {
            /** @description The message. */
            message: components["schemas"]["Message"];
            /** @constant */
            type: "message.created";
        };
        /** @description A message is a tombstone. */
        ServerMessageDeleted: {
            /** @description The entry that records it. */
            entry: components["schemas"]["DeletedChange"];
            /** @description It, as it now is; only to those who could read it. */
            message?: components["schemas"]["Message"];
            /** @constant */
            type: "message.deleted";
        };
        /** @description A message has another body. */
        ServerMessageUpdated: {
            /** @description The entry that records it. */
            entry: components["schemas"]["EditedChange"];
            /** @description It, as it now is; only to those who could read it. */
            message?: components["schemas"]["Message"];
            /** @constant */
            type: "message.updated";
        };
        /** @description Another system has something to say. */
        ServerNotification: {
            /** @description What. */
            message: unknown;
            /** @description By which it is confirmed. */
            messageId: components["schemas"]["SequenceNumber"];
            /** @constant */
            type: "notification";
        };
        /** @description The answer to `ping`. */
        ServerPong: {
            /** @description The client's name for its frame. */
            requestId?: string;
            /** @constant */
            type: "pong";
        };
        /** @description Somebody is writing. */
        ServerTyping: {
            /** @description Where. */
            conversationId: components["schemas"]["ConversationId"];
            /** @constant */
            type: "typing";
            /** @description Who. */
            userId: components["schemas"]["UserId"];
        };
        /** @description Somebody's account was erased: what is held of their messages is to be dropped. */
        ServerUserErased: {
            /** @description The entry that records it. */
            entry: components["schemas"]["UserErasedChange"];
            /** @constant */
            type: "user.erased";
        };
        ServerFrame: components["schemas"]["ServerAck"] | components["schemas"]["ServerBlocksChanged"] | components["schemas"]["ServerConversationRead"] | components["schemas"]["ServerError"] | components["schemas"]["ServerGroupCreated"] | components["schemas"]["ServerGroupDeleted"] | components["schemas"]["ServerGroupUpdated"] | components["schemas"]["ServerMemberAdded"] | components["schemas"]["ServerMemberRemoved"] | components["schemas"]["ServerMemberUpdated"] | components["schemas"]["ServerMessageCreated"] | components["schemas"]["ServerMessageDeleted"] | components["schemas"]["ServerMessageUpdated"] | components["schemas"]["ServerNotification"] | components["schemas"]["ServerPong"] | components["schemas"]["ServerTyping"] | components["schemas"]["ServerUserErased"];
    };
    responses: {
        /** @description `malformed`: the request cannot be read. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: the request must be signed for AWS (SigV4). */
        "Forbidden-awsSignature": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Forbidden"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: the token is not accepted. */
        "Forbidden-messagingToken": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Forbidden"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal`: something went wrong on our side. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Internal Server Error"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-large`: the body is larger than 262144 bytes. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Payload Too Large"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable`: busy: wait and repeat. */
        ServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Service Unavailable"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too-many-requests`: too many requests: wait and repeat. */
        TooManyRequests: {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Too Many Requests"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: sign in first: an access token is needed. */
        "Unauthorized-accessToken": {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Unauthorized"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: an API key is needed, in the header x-api-key. */
        "Unauthorized-apiKey": {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: sign in first: an access token is needed. */
        "Unauthorized-messagingToken": {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Unauthorized"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayRefusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid`: the request has values that are not allowed. */
        UnprocessableEntity: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not-json`: the body must be JSON, declared as application/json. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description Where it can be read.
         * @example /v1/conversations/d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a/messages/1
         */
        Location: string;
        /**
         * @description How many requests are left (`r`), and for how many seconds (`t`).
         * @example "default";r=0;t=1
         */
        RateLimit: string;
        /**
         * @description How many requests (`q`) are allowed in how many seconds (`w`).
         * @example "default";q=10;w=1
         */
        "RateLimit-Policy": string;
        /**
         * @description After how many seconds it may be repeated.
         * @example 1
         */
        "Retry-After": number;
        /**
         * @description How to sign in.
         * @example Bearer
         */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type ClientId = components['schemas']['ClientId'];
export type ConversationId = components['schemas']['ConversationId'];
export type DeletedChange = components['schemas']['DeletedChange'];
export type EditedChange = components['schemas']['EditedChange'];
export type EntryId = components['schemas']['EntryId'];
export type FieldError = components['schemas']['FieldError'];
export type GroupCreatedChange = components['schemas']['GroupCreatedChange'];
export type GroupDeletedChange = components['schemas']['GroupDeletedChange'];
export type GroupId = components['schemas']['GroupId'];
export type GroupUpdatedChange = components['schemas']['GroupUpdatedChange'];
export type MemberAddedChange = components['schemas']['MemberAddedChange'];
export type MemberRemovedChange = components['schemas']['MemberRemovedChange'];
export type Message = components['schemas']['Message'];
export type MessageBody = components['schemas']['MessageBody'];
export type Name = components['schemas']['Name'];
export type Problem = components['schemas']['Problem'];
export type ProblemCode = components['schemas']['ProblemCode'];
export type Role = components['schemas']['Role'];
export type RoleChangedChange = components['schemas']['RoleChangedChange'];
export type Seq = components['schemas']['Seq'];
export type SequenceNumber = components['schemas']['SequenceNumber'];
export type Timestamp = components['schemas']['Timestamp'];
export type UserErasedChange = components['schemas']['UserErasedChange'];
export type UserId = components['schemas']['UserId'];
export type Visibility = components['schemas']['Visibility'];
export type AccountHeld = components['schemas']['AccountHeld'];
export type Address = components['schemas']['Address'];
export type Authenticate = components['schemas']['Authenticate'];
export type AuthenticateChallenge = components['schemas']['AuthenticateChallenge'];
export type AuthenticateCode = components['schemas']['AuthenticateCode'];
export type Authenticator = components['schemas']['Authenticator'];
export type Block = components['schemas']['Block'];
export type BlockHeld = components['schemas']['BlockHeld'];
export type BlockPage = components['schemas']['BlockPage'];
export type Challenge = components['schemas']['Challenge'];
export type ChangePassword = components['schemas']['ChangePassword'];
export type ChangeProfile = components['schemas']['ChangeProfile'];
export type Channel = components['schemas']['Channel'];
export type ClientIdHeld = components['schemas']['ClientIdHeld'];
export type ConfirmMfa = components['schemas']['ConfirmMfa'];
export type ConfirmRegistration = components['schemas']['ConfirmRegistration'];
export type ConnectionHeld = components['schemas']['ConnectionHeld'];
export type Conversation = components['schemas']['Conversation'];
export type ConversationHeld = components['schemas']['ConversationHeld'];
export type ConversationPage = components['schemas']['ConversationPage'];
export type CreateGroup = components['schemas']['CreateGroup'];
export type Delivery = components['schemas']['Delivery'];
export type DeliveryId = components['schemas']['DeliveryId'];
export type DeliveryStatus = components['schemas']['DeliveryStatus'];
export type DirectConversation = components['schemas']['DirectConversation'];
export type EditMessage = components['schemas']['EditMessage'];
export type EmailMessage = components['schemas']['EmailMessage'];
export type Entry = components['schemas']['Entry'];
export type EntryList = components['schemas']['EntryList'];
export type FailSends = components['schemas']['FailSends'];
export type Failure = components['schemas']['Failure'];
export type ForgotPassword = components['schemas']['ForgotPassword'];
export type GatewayMessage = components['schemas']['GatewayMessage'];
export type GatewayReceipt = components['schemas']['GatewayReceipt'];
export type GatewayRefusal = components['schemas']['GatewayRefusal'];
export type GraphQlRequest = components['schemas']['GraphQlRequest'];
export type GraphQlResponse = components['schemas']['GraphQlResponse'];
export type Group = components['schemas']['Group'];
export type GroupConversation = components['schemas']['GroupConversation'];
export type GroupPage = components['schemas']['GroupPage'];
export type HeldItem = components['schemas']['HeldItem'];
export type HeldItemPage = components['schemas']['HeldItemPage'];
export type Hidden = components['schemas']['Hidden'];
export type ListedTemplate = components['schemas']['ListedTemplate'];
export type ListedTemplatePage = components['schemas']['ListedTemplatePage'];
export type MarkRead = components['schemas']['MarkRead'];
export type Member = components['schemas']['Member'];
export type MemberPage = components['schemas']['MemberPage'];
export type MessagePage = components['schemas']['MessagePage'];
export type MessageType = components['schemas']['MessageType'];
export type NotificationAddress = components['schemas']['NotificationAddress'];
export type NotificationHeld = components['schemas']['NotificationHeld'];
export type NotificationReceipt = components['schemas']['NotificationReceipt'];
export type NotificationStatus = components['schemas']['NotificationStatus'];
export type Notify = components['schemas']['Notify'];
export type OutboxChannel = components['schemas']['OutboxChannel'];
export type OutboxMessage = components['schemas']['OutboxMessage'];
export type OutboxMessageList = components['schemas']['OutboxMessageList'];
export type Password = components['schemas']['Password'];
export type PreviewTemplate = components['schemas']['PreviewTemplate'];
export type Profile = components['schemas']['Profile'];
export type ProfileHeld = components['schemas']['ProfileHeld'];
export type PutMember = components['schemas']['PutMember'];
export type PutTemplate = components['schemas']['PutTemplate'];
export type QueuedDelivery = components['schemas']['QueuedDelivery'];
export type RealtimeToken = components['schemas']['RealtimeToken'];
export type RefreshTokens = components['schemas']['RefreshTokens'];
export type Register = components['schemas']['Register'];
export type Registered = components['schemas']['Registered'];
export type ResendCode = components['schemas']['ResendCode'];
export type ResetPassword = components['schemas']['ResetPassword'];
export type SecondFactors = components['schemas']['SecondFactors'];
export type SendGroupMessage = components['schemas']['SendGroupMessage'];
export type SendMessage = components['schemas']['SendMessage'];
export type SignIn = components['schemas']['SignIn'];
export type SignInChallenge = components['schemas']['SignInChallenge'];
export type SignOut = components['schemas']['SignOut'];
export type SmsMessage = components['schemas']['SmsMessage'];
export type Substitution = components['schemas']['Substitution'];
export type Substitutions = components['schemas']['Substitutions'];
export type SwitchMfaOff = components['schemas']['SwitchMfaOff'];
export type Template = components['schemas']['Template'];
export type TemplateName = components['schemas']['TemplateName'];
export type TemplatePreview = components['schemas']['TemplatePreview'];
export type Tokens = components['schemas']['Tokens'];
export type TraceId = components['schemas']['TraceId'];
export type UpdateGroup = components['schemas']['UpdateGroup'];
export type Username = components['schemas']['Username'];
export type ClientPing = components['schemas']['ClientPing'];
export type ClientRead = components['schemas']['ClientRead'];
export type ClientReceived = components['schemas']['ClientReceived'];
export type ClientSend = components['schemas']['ClientSend'];
export type ClientSendGroup = components['schemas']['ClientSendGroup'];
export type ClientTyping = components['schemas']['ClientTyping'];
export type ClientFrame = components['schemas']['ClientFrame'];
export type ServerAck = components['schemas']['ServerAck'];
export type ServerBlocksChanged = components['schemas']['ServerBlocksChanged'];
export type ServerConversationRead = components['schemas']['ServerConversationRead'];
export type ServerError = components['schemas']['ServerError'];
export type ServerGroupCreated = components['schemas']['ServerGroupCreated'];
export type ServerGroupDeleted = components['schemas']['ServerGroupDeleted'];
export type ServerGroupUpdated = components['schemas']['ServerGroupUpdated'];
export type ServerMemberAdded = components['schemas']['ServerMemberAdded'];
export type ServerMemberRemoved = components['schemas']['ServerMemberRemoved'];
export type ServerMemberUpdated = components['schemas']['ServerMemberUpdated'];
export type ServerMessageCreated = components['schemas']['ServerMessageCreated'];
export type ServerMessageDeleted = components['schemas']['ServerMessageDeleted'];
export type ServerMessageUpdated = components['schemas']['ServerMessageUpdated'];
export type ServerNotification = components['schemas']['ServerNotification'];
export type ServerPong = components['schemas']['ServerPong'];
export type ServerTyping = components['schemas']['ServerTyping'];
export type ServerUserErased = components['schemas']['ServerUserErased'];
export type ServerFrame = components['schemas']['ServerFrame'];
export type ResponseBadRequest = components['responses']['BadRequest'];
export type ResponseForbiddenAwsSignature = components['responses']['Forbidden-awsSignature'];
export type ResponseForbiddenMessagingToken = components['responses']['Forbidden-messagingToken'];
export type ResponseInternalServerError = components['responses']['InternalServerError'];
export type ResponsePayloadTooLarge = components['responses']['PayloadTooLarge'];
export type ResponseServiceUnavailable = components['responses']['ServiceUnavailable'];
export type ResponseTooManyRequests = components['responses']['TooManyRequests'];
export type ResponseUnauthorizedAccessToken = components['responses']['Unauthorized-accessToken'];
export type ResponseUnauthorizedApiKey = components['responses']['Unauthorized-apiKey'];
export type ResponseUnauthorizedMessagingToken = components['responses']['Unauthorized-messagingToken'];
export type ResponseUnprocessableEntity = components['responses']['UnprocessableEntity'];
export type ResponseUnsupportedMediaType = components['responses']['UnsupportedMediaType'];
export type HeaderLocation = components['headers']['Location'];
export type HeaderRateLimit = components['headers']['RateLimit'];
export type HeaderRateLimitPolicy = components['headers']['RateLimit-Policy'];
export type HeaderRetryAfter = components['headers']['Retry-After'];
export type HeaderWwwAuthenticate = components['headers']['WWW-Authenticate'];
export type $defs = Record<string, never>;
export interface operations {
    readOutbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last 1,000. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": [
                     *         {
                     *           "body": "Hello world",
                     *           "channel": "EMAIL",
                     *           "from": "sender@example.com",
                     *           "sentAt": "2026-11-22T13:02:03.004Z",
                     *           "subject": "Message",
                     *           "to": "recipient@example.com"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["OutboxMessageList"];
                };
            };
        };
    };
    emptyOutbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Empty. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    failSends: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "recipient@example.com",
                 *       "kind": "bounce",
                 *       "times": 1
                 *     }
                 */
                "application/json": components["schemas"]["FailSends"];
            };
        };
        responses: {
            /** @description The next ones will fail. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed`: the request cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: the body is larger than 262144 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-json`: the body must be JSON, declared as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readContract: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0"
                     *     }
                     */
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    authenticate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "Correct-Horse-1",
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["Authenticate"];
            };
        };
        responses: {
            /** @description Signed in, or challenged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `bad-credentials`: the user name or the password is wrong. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-confirmed`: confirm the registration first. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    authenticateChallenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "answer": "123456",
                 *       "challenge": "SOFTWARE_TOKEN_MFA",
                 *       "session": "the session of the challenge",
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["AuthenticateChallenge"];
            };
        };
        responses: {
            /** @description Signed in, or challenged again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `bad-credentials`: the answer is wrong, or the session of the challenge is over. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    authenticateCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "the code that the browser came back with",
                 *       "codeVerifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                 *       "redirectUri": "https://chat.example.com/"
                 *     }
                 */
                "application/json": components["schemas"]["AuthenticateCode"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl",
                     *       "expiresIn": 900,
                     *       "idToken": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl",
                     *       "refreshToken": "a refresh token",
                     *       "tokenType": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `bad-credentials`: the code is invalid, or was used before. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such hosted sign-in. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    refreshTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refreshToken": "the refresh token that came last"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokens"];
            };
        };
        responses: {
            /** @description Still signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl",
                     *       "expiresIn": 900,
                     *       "idToken": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl",
                     *       "refreshToken": "a refresh token",
                     *       "tokenType": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `bad-credentials`: the refresh token is invalid, or has expired. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listBlocks: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's blocks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "blocks": [
                     *         {
                     *           "createdAt": "2026-11-22T13:02:03.004Z",
                     *           "userId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BlockPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Blocked, now or before. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    unblock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not blocked, now or before. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listConversations: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's conversations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "conversations": [
                     *         {
                     *           "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "kind": "direct",
                     *           "lastMessage": {
                     *             "body": "Tea at four?",
                     *             "clientMessageId": "tea-1",
                     *             "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *             "createdAt": "2026-11-22T13:02:03.004Z",
                     *             "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *             "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *             "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *             "seq": 1,
                     *             "type": "message"
                     *           },
                     *           "lastSeq": 1,
                     *           "peerId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "readSeq": 0,
                     *           "unread": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    readHistory: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Behind which entry it begins.
                 * @example 0
                 */
                after?: components["schemas"]["Seq"];
                /**
                 * @description Before which entry it ends.
                 * @example 100
                 */
                before?: components["schemas"]["Seq"];
            };
            header?: never;
            path: {
                /**
                 * @description The conversation.
                 * @example d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                conversationId: components["schemas"]["ConversationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Entries in the order of the log. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entries": [
                     *         {
                     *           "body": "Tea at four?",
                     *           "clientMessageId": "tea-1",
                     *           "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "createdAt": "2026-11-22T13:02:03.004Z",
                     *           "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *           "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *           "seq": 1,
                     *           "type": "message"
                     *         },
                     *         {
                     *           "actorId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *           "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "createdAt": "2026-11-22T13:05:06.007Z",
                     *           "seq": 2,
                     *           "target": 1,
                     *           "type": "edited"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["EntryList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The conversation.
                 * @example d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                conversationId: components["schemas"]["ConversationId"];
                /**
                 * @description The place of the entry in its log.
                 * @example 1
                 */
                seq: components["schemas"]["Seq"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entry. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "Tea at four?",
                     *       "clientMessageId": "tea-1",
                     *       "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *       "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "seq": 1,
                     *       "type": "message"
                     *     }
                     */
                    "application/json": components["schemas"]["Entry"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such message. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The conversation.
                 * @example d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                conversationId: components["schemas"]["ConversationId"];
                /**
                 * @description The place of the entry in its log.
                 * @example 1
                 */
                seq: components["schemas"]["Seq"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted, now or before. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `forbidden`: only its sender and admins may delete a message. `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such message. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    editMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The conversation.
                 * @example d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                conversationId: components["schemas"]["ConversationId"];
                /**
                 * @description The place of the entry in its log.
                 * @example 1
                 */
                seq: components["schemas"]["Seq"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "body": "Tea at five?"
                 *     }
                 */
                "application/json": components["schemas"]["EditMessage"];
            };
        };
        responses: {
            /** @description The message as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "Tea at five?",
                     *       "clientMessageId": "tea-1",
                     *       "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "editedAt": "2026-11-22T13:05:06.007Z",
                     *       "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *       "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "seq": 1,
                     *       "type": "message"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `blocked`: a block stands between you and this person. `forbidden`: only its sender may edit a message. `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such message. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `deleted`: the message was deleted. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    markRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The conversation.
                 * @example d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                conversationId: components["schemas"]["ConversationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seq": 1
                 *     }
                 */
                "application/json": components["schemas"]["MarkRead"];
            };
        };
        responses: {
            /** @description Read up to there, or further. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such conversation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sendGatewayMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "deduplicationId": "report-4711",
                 *       "message": {
                 *         "report": "ready"
                 *       },
                 *       "userId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                 *     }
                 */
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messageId": "18849496460467696128",
                     *       "status": "Message sent to queue"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayReceipt"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden-awsSignature"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    graphql: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description What is sent with the same key by the same caller is sent once.
                 * @example invoice-4711
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": "mutation sendMessage($input: MessageInput!) { sendMessage(input: $input) { id deliveryStatus } }",
                 *       "variables": {
                 *         "input": {
                 *           "body": "Hello world",
                 *           "deliveryMethod": "EMAIL",
                 *           "subject": "Message",
                 *           "to": "recipient@example.com"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["GraphQlRequest"];
            };
        };
        responses: {
            /** @description The answer, as GraphQL has it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data": {
                     *         "sendMessage": {
                     *           "deliveryStatus": "ACCEPTED",
                     *           "id": "01KAQ45N1Q3R5S7T9V0W2X4Y6Z"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GraphQlResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-apiKey"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOpenGroups: {
        parameters: {
            query?: {
                /**
                 * @description Which groups: private ones are not listed.
                 * @example open
                 */
                visibility?: "open";
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Open groups. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "groups": [
                     *         {
                     *           "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *           "createdAt": "2026-11-22T13:02:03.004Z",
                     *           "createdBy": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *           "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *           "name": "Chess club",
                     *           "visibility": "open"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GroupPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createGroup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "memberIds": [
                 *         "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                 *       ],
                 *       "name": "Chess club"
                 *     }
                 */
                "application/json": components["schemas"]["CreateGroup"];
            };
        };
        responses: {
            /** @description Created before with this `clientGroupId`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "createdBy": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "name": "Chess club",
                     *       "visibility": "private"
                     *     }
                     */
                    "application/json": components["schemas"]["Group"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "createdBy": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "name": "Chess club",
                     *       "visibility": "private"
                     *     }
                     */
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `blocked`: a block stands between you and this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `client-group-id-reused`: this clientGroupId was already used with another content. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The group. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "createdBy": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "name": "Chess club",
                     *       "visibility": "private"
                     *     }
                     */
                    "application/json": components["schemas"]["Group"];
                };
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `forbidden`: only owners may do this. `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "Chess and tea"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateGroup"];
            };
        };
        responses: {
            /** @description The group as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "createdBy": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "name": "Chess and tea",
                     *       "visibility": "private"
                     *     }
                     */
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `forbidden`: only owners may do this. `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its members. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "members": [
                     *         {
                     *           "joinedAt": "2026-11-22T13:02:03.004Z",
                     *           "role": "member",
                     *           "userId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["MemberPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    putMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "role": "admin"
                 *     }
                 */
                "application/json": components["schemas"]["PutMember"];
            };
        };
        responses: {
            /** @description A member already, now with the role that was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "joinedAt": "2026-11-22T13:02:03.004Z",
                     *       "role": "admin",
                     *       "userId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                     *     }
                     */
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description Added. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "joinedAt": "2026-11-22T13:02:03.004Z",
                     *       "role": "admin",
                     *       "userId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                     *     }
                     */
                    "application/json": components["schemas"]["Member"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `blocked`: a block stands between you and this person. `forbidden`: only owners may give a role. `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `group-full`: the group has as many members as it may have. `last-owner`: a group needs an owner: make somebody else owner first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not a member any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `forbidden`: only members of lower rank may be removed. `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such member. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last-owner`: a group needs an owner: make somebody else owner first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sendGroupMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The group.
                 * @example 01KAQ3W8Y5V7ZJ4M2N6P9R1S0T
                 */
                groupId: components["schemas"]["GroupId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "body": "Welcome, Bob"
                 *     }
                 */
                "application/json": components["schemas"]["SendGroupMessage"];
            };
        };
        responses: {
            /** @description Sent before with this `clientMessageId`: the message as it is now. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "Welcome, Bob",
                     *       "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *       "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "seq": 2,
                     *       "type": "message"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Sent. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "Welcome, Bob",
                     *       "conversationId": "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "groupId": "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T",
                     *       "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *       "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "seq": 2,
                     *       "type": "message"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-a-member`: only members of the group may do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such group. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `client-message-id-reused`: this clientMessageId was already used with another content. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    appointLobbyAdmin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Is an admin, now or already before. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Forbidden-awsSignature"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `group-full`: the group has as many members as it may have. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    dismissLobbyAdmin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Is no admin, now or already before. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Forbidden-awsSignature"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    checkMessages: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Unread messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": [
                     *         {
                     *           "body": "Tea at four?",
                     *           "clientMessageId": "tea-1",
                     *           "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "createdAt": "2026-11-22T13:02:03.004Z",
                     *           "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *           "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *           "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *           "seq": 1,
                     *           "type": "message"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "body": "Tea at four?",
                 *       "clientMessageId": "tea-1",
                 *       "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a"
                 *     }
                 */
                "application/json": components["schemas"]["SendMessage"];
            };
        };
        responses: {
            /** @description Sent before with this `clientMessageId`: the message as it is now. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "Tea at four?",
                     *       "clientMessageId": "tea-1",
                     *       "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *       "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "seq": 1,
                     *       "type": "message"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Sent. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "Tea at four?",
                     *       "clientMessageId": "tea-1",
                     *       "conversationId": "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "messageId": "01KAQ41Z6E8XH3B5C7D9F0G2JK",
                     *       "recipientId": "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a",
                     *       "senderId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "seq": 1,
                     *       "type": "message"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `blocked`: a block stands between you and this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `client-message-id-reused`: this clientMessageId was already used with another content. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    notify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "Addresses": {
                 *         "+16045551234": {
                 *           "ChannelType": "SMS",
                 *           "Substitutions": {
                 *             "accountBalance": [
                 *               "100.00"
                 *             ]
                 *           }
                 *         },
                 *         "recipient@example.com": {
                 *           "ChannelType": "EMAIL",
                 *           "Substitutions": {
                 *             "accountBalance": "100.00"
                 *           }
                 *         }
                 *       },
                 *       "EmailMessage": {
                 *         "FromAddress": "sender@example.com",
                 *         "MessageBody": "<p>Balance: {accountBalance}</p>",
                 *         "Subject": "Your {productName} account",
                 *         "Substitutions": {
                 *           "productName": "SAVINGS"
                 *         }
                 *       },
                 *       "SMSMessage": {
                 *         "MessageBody": "Balance: {accountBalance}",
                 *         "MessageType": "TRANSACTIONAL",
                 *         "OriginationNumber": "+18005551234"
                 *       },
                 *       "TraceId": "invoice-4711"
                 *     }
                 */
                "application/json": components["schemas"]["Notify"];
            };
        };
        responses: {
            /** @description Accepted, now or before. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "deliveries": [
                     *         {
                     *           "address": "recipient@example.com",
                     *           "deliveryId": "01KAQ45N1Q3R5S7T9V0W2X4Y6Z"
                     *         },
                     *         {
                     *           "address": "+16045551234",
                     *           "deliveryId": "01KAQ45N1Q3R5S7T9V0W2X4Y70"
                     *         }
                     *       ],
                     *       "status": "Message sent to queue",
                     *       "traceId": "invoice-4711"
                     *     }
                     */
                    "application/json": components["schemas"]["NotificationReceipt"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            /** @description `trace-id-reused`: this TraceId was already used with another body. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The sender's own id for the request.
                 * @example invoice-4711
                 */
                traceId: components["schemas"]["TraceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery status of each address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "createdAt": "2026-11-22T13:02:03.004Z",
                     *       "deliveries": [
                     *         {
                     *           "address": "recipient@example.com",
                     *           "attempts": 1,
                     *           "channel": "EMAIL",
                     *           "deliveryId": "01KAQ45N1Q3R5S7T9V0W2X4Y6Z",
                     *           "deliveryStatus": "DELIVERED",
                     *           "updatedAt": "2026-11-22T13:02:03.004Z"
                     *         }
                     *       ],
                     *       "traceId": "invoice-4711"
                     *     }
                     */
                    "application/json": components["schemas"]["NotificationStatus"];
                };
            };
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            /** @description `not-found`: there is no such notification. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "newPassword": "Correct-Horse-2",
                 *       "password": "Correct-Horse-1"
                 *     }
                 */
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description The password is the new one. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    forgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["ForgotPassword"];
            };
        };
        responses: {
            /** @description Sent, if there is such a user. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456",
                 *       "password": "Correct-Horse-2",
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["ResetPassword"];
            };
        };
        responses: {
            /** @description The password is the new one. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    issueRealtimeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A token. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expiresIn": 30,
                     *       "token": "q3W9…",
                     *       "url": "ws://127.0.0.1:8080/ws"
                     *     }
                     */
                    "application/json": components["schemas"]["RealtimeToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "displayName": "Ada Lovelace",
                 *       "email": "ada@example.com",
                 *       "password": "Correct-Horse-1",
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["Register"];
            };
        };
        responses: {
            /** @description Registered. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "confirmed": true,
                     *       "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "username": "ada"
                     *     }
                     */
                    "application/json": components["schemas"]["Registered"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description `username-taken`: this user name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    confirmRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456",
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmRegistration"];
            };
        };
        responses: {
            /** @description Confirmed: the person may sign in. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    resendCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "ada"
                 *     }
                 */
                "application/json": components["schemas"]["ResendCode"];
            };
        };
        responses: {
            /** @description Sent, if there is such a registration. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refreshToken": "the refresh token that came last"
                 *     }
                 */
                "application/json": components["schemas"]["SignOut"];
            };
        };
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTemplates: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their names. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "templates": [
                     *         {
                     *           "TemplateName": "alert-template"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ListedTemplatePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The template.
                 * @example alert-template
                 */
                templateName: components["schemas"]["TemplateName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The template. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "MessageBody": "<p>Balance: {accountBalance}</p>",
                     *       "Subject": "Your {productName} account",
                     *       "TemplateName": "alert-template"
                     *     }
                     */
                    "application/json": components["schemas"]["Template"];
                };
            };
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            /** @description `not-found`: there is no such template. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    putTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The template.
                 * @example alert-template
                 */
                templateName: components["schemas"]["TemplateName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "MessageBody": "<p>Balance: {accountBalance}</p>",
                 *       "Subject": "Your {productName} account"
                 *     }
                 */
                "application/json": components["schemas"]["PutTemplate"];
            };
        };
        responses: {
            /** @description Saved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "MessageBody": "<p>Balance: {accountBalance}</p>",
                     *       "Subject": "Your {productName} account",
                     *       "TemplateName": "alert-template"
                     *     }
                     */
                    "application/json": components["schemas"]["Template"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The template.
                 * @example alert-template
                 */
                templateName: components["schemas"]["TemplateName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted, now or before. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            /** @description `not-found`: there is no such template. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    previewTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The template.
                 * @example alert-template
                 */
                templateName: components["schemas"]["TemplateName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "Substitutions": {
                 *         "accountBalance": "100.00",
                 *         "productName": "SAVINGS"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PreviewTemplate"];
            };
        };
        responses: {
            /** @description What would be sent by mail. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "MessageBody": "<p>Balance: 100.00</p>",
                     *       "Subject": "Your SAVINGS account"
                     *     }
                     */
                    "application/json": components["schemas"]["TemplatePreview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-messagingToken"];
            403: components["responses"]["Forbidden-messagingToken"];
            /** @description `not-found`: there is no such template. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    findUser: {
        parameters: {
            query: {
                /**
                 * @description The whole user name; case is ignored.
                 * @example ada
                 */
                username: components["schemas"]["Username"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their profile. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "displayName": "Ada Lovelace",
                     *       "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "username": "ada"
                     *     }
                     */
                    "application/json": components["schemas"]["Profile"];
                };
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid`: the request has values that are not allowed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getOwnProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's profile. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "displayName": "Ada Lovelace",
                     *       "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "username": "ada"
                     *     }
                     */
                    "application/json": components["schemas"]["Profile"];
                };
            };
            401: components["responses"]["Unauthorized-accessToken"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It will be erased. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    changeProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "displayName": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeProfile"];
            };
        };
        responses: {
            /** @description The profile as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "displayName": "Ada Lovelace",
                     *       "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "username": "ada"
                     *     }
                     */
                    "application/json": components["schemas"]["Profile"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    exportAccount: {
        parameters: {
            query?: {
                /**
                 * @description How many items at most.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description The `nextCursor` of the page before; without it the first page.
                 * @example WyIvdjEvYmxvY2tzIiwi4oCmIl0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Pieces of what is held. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "createdAt": "2026-11-22T13:02:03.004Z",
                     *           "displayName": "Ada Lovelace",
                     *           "type": "profile",
                     *           "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *           "username": "ada"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["HeldItemPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getSecondFactors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "softwareToken": false
                     *     }
                     */
                    "application/json": components["schemas"]["SecondFactors"];
                };
            };
            401: components["responses"]["Unauthorized-accessToken"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    enrolMfa: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the app is set up with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "otpauthUri": "otpauth://totp/Chinwag:ada?secret=JBSWY3DPEHPK3PXP&issuer=Chinwag",
                     *       "secret": "JBSWY3DPEHPK3PXP"
                     *     }
                     */
                    "application/json": components["schemas"]["Authenticator"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `forbidden`: who signs in with Google has Google's second factor. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: there is no such second factor. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `mfa-on`: a second factor is on: switch it off first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    switchMfaOff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "Correct-Horse-1"
                 *     }
                 */
                "application/json": components["schemas"]["SwitchMfaOff"];
            };
        };
        responses: {
            /** @description Switched off. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    confirmMfa: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmMfa"];
            };
        };
        responses: {
            /** @description On: the next sign-in asks for a code. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized-accessToken"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The person.
                 * @example f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a
                 */
                userId: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their profile. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "displayName": "Ada Lovelace",
                     *       "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
                     *       "username": "ada"
                     *     }
                     */
                    "application/json": components["schemas"]["Profile"];
                };
            };
            401: components["responses"]["Unauthorized-accessToken"];
            /** @description `not-found`: there is no such user. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
