// The journey of two people, as steps: an operation of the document, who sends it, what they send, and what they expect. What
// is expected is a sentence without its full stop: it names the step's test, and describes the step.

/** A step that is left out where both were confirmed at once. */
const UNLESS_CONFIRMED = "if (pm.collectionVariables.get('confirmed') === 'true') pm.execution.skipRequest();";

const BEGIN = `const run = Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
const domain = pm.variables.get('mailDomain');
for (const who of ['ada', 'bob']) {
  pm.collectionVariables.set(who, \`\${who}-\${run}\`);
  pm.collectionVariables.set(\`\${who}Email\`, \`\${who}-\${run}@\${domain}\`);
}
pm.collectionVariables.set('username', pm.collectionVariables.get('ada'));
pm.collectionVariables.set('email', pm.collectionVariables.get('adaEmail'));
pm.collectionVariables.set('peerUsername', pm.collectionVariables.get('bob'));
pm.collectionVariables.set('password', \`Aa1-\${pm.variables.replaceIn('{{$guid}}')}\`);
pm.collectionVariables.set('newPassword', \`Aa2-\${pm.variables.replaceIn('{{$guid}}')}\`);
pm.collectionVariables.set('clientMessageId', pm.variables.replaceIn('{{$guid}}'));`;

const ANSWER = 'const answer = pm.response.json();';

function keep(variable, member) {
  return `pm.collectionVariables.set('${variable}', answer.${member});`;
}

function lines(...all) {
  return all.join('\n');
}

function capital(who) {
  return who[0].toUpperCase() + who.slice(1);
}

function registers(who, rest) {
  return {
    name: `${capital(who)} registers`,
    operation: 'register',
    body: { username: `{{${who}}}`, email: `{{${who}Email}}`, password: '{{password}}', displayName: capital(who) },
    status: 201,
    expect: `${capital(who)} has an account, under a user name that only this run has`,
    test: lines(
      ANSWER,
      `pm.expect(answer.username).to.equal(pm.collectionVariables.get('${who}'));`,
      keep(`${who}Id`, 'userId'),
      "pm.collectionVariables.set('confirmed', String(answer.confirmed));",
      "if (!answer.confirmed && pm.variables.get('outbox') !== 'true' && pm.variables.get('confirmedElsewhere') !== 'true') {",
      '  pm.execution.setNextRequest(null);',
      '  pm.expect.fail(',
      "    'a code was mailed to confirm the registration, which no run can read: registering works. ' +",
      `      'To go on by hand, register both, put the codes into the variables adaCode and bobCode, and begin at "Ada confirms"',`,
      '  );',
      '}',
    ),
    ...rest,
  };
}

function confirms(who) {
  return {
    name: `${capital(who)} confirms`,
    operation: 'confirmRegistration',
    before: UNLESS_CONFIRMED,
    body: { username: `{{${who}}}`, code: `{{${who}Code}}` },
    status: 204,
    expect: `The code was the one that was mailed, and ${capital(who)} may sign in`,
  };
}

function signsIn(who, { name, expect, accessToken, refreshToken }) {
  return {
    name,
    operation: 'authenticate',
    body: { username: `{{${who}}}`, password: '{{password}}' },
    status: 200,
    expect,
    test: lines(
      ANSWER,
      "pm.expect(answer, 'a second factor is wanted, which no run has').to.have.property('accessToken');",
      keep(accessToken, 'accessToken'),
      keep(refreshToken, 'refreshToken'),
    ),
  };
}

function signsInFirst(who) {
  return signsIn(who, {
    name: `${capital(who)} signs in`,
    expect: `${capital(who)} has the tokens for all that follows`,
    accessToken: `${who}Token`,
    refreshToken: `${who}RefreshToken`,
  });
}

function signsOut(who) {
  return [
    {
      name: `${capital(who)} signs out`,
      operation: 'signOut',
      as: who,
      body: { refreshToken: `{{${who}RefreshToken}}` },
      status: 204,
      expect: `${capital(who)}'s session has ended`,
    },
    {
      name: `${capital(who)}'s session is over`,
      operation: 'refreshTokens',
      body: { refreshToken: `{{${who}RefreshToken}}` },
      status: 401,
      expect: 'The refresh token of the session that has ended gives no tokens any more',
    },
  ];
}

const refused = (code) => lines(ANSWER, `pm.expect(answer.code).to.equal('${code}');`);

const TEA = { recipientId: '{{bobId}}', body: 'Tea at four?', clientMessageId: '{{clientMessageId}}' };

/** How many steps there are until both have registered. */
export const REGISTRATIONS = 2;

export const story = [
  registers('ada', { before: BEGIN }),
  registers('bob'),
  {
    name: 'The codes that were mailed',
    operation: 'readOutbox',
    before: UNLESS_CONFIRMED,
    status: 200,
    expect: 'The outbox of the local server has a mail with a code to each of the two',
    test: lines(
      ANSWER,
      "for (const who of ['ada', 'bob']) {",
      '  const mail = answer.messages.filter(({ to }) => to === pm.collectionVariables.get(`${who}Email`)).pop();',
      '  const [code] = /\\b\\d{6}\\b/.exec(mail.body);',
      '  pm.collectionVariables.set(`${who}Code`, code);',
      '}',
    ),
  },
  confirms('ada'),
  confirms('bob'),
  {
    name: 'Somebody else tries as Ada',
    operation: 'authenticate',
    body: { username: '{{ada}}', password: 'Wrong-Horse-1' },
    status: 401,
    expect: 'With a wrong password they are not let in',
    test: refused('bad-credentials'),
  },
  signsInFirst('ada'),
  signsInFirst('bob'),
  {
    name: 'Ada looks for Bob',
    operation: 'findUser',
    as: 'ada',
    query: { username: '{{bob}}' },
    status: 200,
    expect: 'She finds him by his whole user name, and has his id',
    test: lines(ANSWER, "pm.expect(answer.userId).to.equal(pm.collectionVariables.get('bobId'));", keep('userId', 'userId')),
  },
  {
    name: 'Ada writes to Bob',
    operation: 'sendMessage',
    as: 'ada',
    body: TEA,
    status: 201,
    expect: 'It is the first entry of their conversation',
    test: lines(
      ANSWER,
      'pm.expect(answer.seq).to.equal(1);',
      keep('messageId', 'messageId'),
      keep('conversationId', 'conversationId'),
      keep('seq', 'seq'),
    ),
  },
  {
    name: 'Ada sends it again',
    operation: 'sendMessage',
    as: 'ada',
    body: TEA,
    status: 200,
    expect: 'The same `clientMessageId` with the same content is the same message, and nothing is sent twice',
    test: lines(
      ANSWER,
      "pm.expect(answer.messageId).to.equal(pm.collectionVariables.get('messageId'));",
      'pm.expect(answer.seq).to.equal(1);',
    ),
  },
  {
    name: 'Ada sends something else under its name',
    operation: 'sendMessage',
    as: 'ada',
    body: { ...TEA, body: 'Tea at five?' },
    status: 409,
    expect: 'The same `clientMessageId` with different content is refused',
    test: refused('client-message-id-reused'),
  },
  {
    name: 'Bob checks his messages',
    operation: 'checkMessages',
    as: 'bob',
    status: 200,
    expect: 'Her message is there, once, though she sent it twice',
    test: lines(
      ANSWER,
      "pm.expect(answer.messages.map(({ body }) => body)).to.deep.equal(['Tea at four?']);",
      "pm.expect(answer.messages[0].senderId).to.equal(pm.collectionVariables.get('adaId'));",
    ),
  },
  {
    name: "Bob's conversations",
    operation: 'listConversations',
    as: 'bob',
    status: 200,
    expect: 'His conversation with Ada is the only one, and one message in it is unread',
    test: lines(
      ANSWER,
      'pm.expect(answer.conversations).to.have.lengthOf(1);',
      'pm.expect(answer.conversations[0].unread).to.equal(1);',
      "pm.expect(answer.conversations[0].peerId).to.equal(pm.collectionVariables.get('adaId'));",
    ),
  },
  {
    name: 'Bob has read it',
    operation: 'markRead',
    as: 'bob',
    body: { seq: 1 },
    status: 204,
    expect: 'His read position moves to the message',
  },
  {
    name: 'Bob checks his messages again',
    operation: 'checkMessages',
    as: 'bob',
    status: 200,
    expect: 'What he has read is not there any more',
    test: lines(ANSWER, 'pm.expect(answer.messages).to.be.empty;'),
  },
  {
    name: 'Bob answers',
    operation: 'sendMessage',
    as: 'bob',
    body: { recipientId: '{{adaId}}', body: 'With milk', replyTo: 1 },
    status: 201,
    expect: 'It is the second message, and names the first as the one that it answers',
    test: lines(ANSWER, 'pm.expect(answer.seq).to.equal(2);', 'pm.expect(answer.replyTo).to.equal(1);'),
  },
  {
    name: 'Bob blocks Ada',
    operation: 'block',
    as: 'bob',
    path: { userId: '{{adaId}}' },
    status: 204,
    expect: 'From now on neither can write to the other',
  },
  {
    name: 'Whom Bob has blocked',
    operation: 'listBlocks',
    as: 'bob',
    status: 200,
    expect: 'Ada is the only one',
    test: lines(
      ANSWER,
      "pm.expect(answer.blocks.map(({ userId }) => userId)).to.deep.equal([pm.collectionVariables.get('adaId')]);",
    ),
  },
  {
    name: 'Ada writes to Bob, who has blocked her',
    operation: 'sendMessage',
    as: 'ada',
    body: { recipientId: '{{bobId}}', body: 'Bob?' },
    status: 403,
    expect: 'The block holds, so she is refused',
    test: refused('blocked'),
  },
  {
    name: 'Bob unblocks Ada',
    operation: 'unblock',
    as: 'bob',
    path: { userId: '{{adaId}}' },
    status: 204,
    expect: 'They can write to each other again',
  },
  {
    name: 'Ada writes to Bob again',
    operation: 'sendMessage',
    as: 'ada',
    body: { recipientId: '{{bobId}}', body: 'Sorry, Bob' },
    status: 201,
    expect: 'It is the third message: what was refused has left no hole',
    test: lines(ANSWER, 'pm.expect(answer.seq).to.equal(3);'),
  },
  {
    name: 'Ada makes a group',
    operation: 'createGroup',
    as: 'ada',
    body: { name: 'Chess club' },
    status: 201,
    expect: 'The group names her as the one who made it',
    test: lines(
      ANSWER,
      "pm.expect(answer.createdBy).to.equal(pm.collectionVariables.get('adaId'));",
      keep('groupId', 'groupId'),
      keep('groupConversationId', 'conversationId'),
    ),
  },
  {
    name: 'Ada adds Bob',
    operation: 'putMember',
    as: 'ada',
    path: { userId: '{{bobId}}' },
    body: {},
    status: 201,
    expect: 'He is a member, for no other role was asked for',
    test: lines(ANSWER, "pm.expect(answer.role).to.equal('member');"),
  },
  {
    name: 'Who belongs to the group',
    operation: 'listMembers',
    as: 'bob',
    status: 200,
    expect: 'Ada is its owner, and Bob a member',
    test: lines(
      ANSWER,
      'const roles = Object.fromEntries(answer.members.map(({ userId, role }) => [userId, role]));',
      "const [ada, bob] = ['adaId', 'bobId'].map((name) => pm.collectionVariables.get(name));",
      "pm.expect(roles).to.deep.equal({ [ada]: 'owner', [bob]: 'member' });",
    ),
  },
  {
    name: 'Ada writes to the group',
    operation: 'sendGroupMessage',
    as: 'ada',
    body: { body: 'Welcome, Bob' },
    status: 201,
    expect: 'The message belongs to the group',
    test: lines(ANSWER, "pm.expect(answer.groupId).to.equal(pm.collectionVariables.get('groupId'));", keep('groupSeq', 'seq')),
  },
  {
    name: 'Bob checks the messages of both conversations',
    operation: 'checkMessages',
    as: 'bob',
    status: 200,
    expect: 'He sees the two messages that he has not read, one of Ada and one of the group',
    test: lines(
      ANSWER,
      "pm.expect(answer.messages.map(({ body }) => body)).to.have.members(['Sorry, Bob', 'Welcome, Bob']);",
    ),
  },
  {
    name: 'Bob reads the history of the group',
    operation: 'readHistory',
    as: 'bob',
    path: { conversationId: '{{groupConversationId}}' },
    status: 200,
    expect: 'The log ends with the message to the group, and has no hole',
    test: lines(
      ANSWER,
      'const seqs = answer.entries.map(({ seq }) => seq);',
      'pm.expect(seqs).to.deep.equal(seqs.map((_, index) => seqs[0] + index));',
      "pm.expect(answer.entries[answer.entries.length - 1].body).to.equal('Welcome, Bob');",
    ),
  },
  {
    name: 'Ada removes Bob',
    operation: 'removeMember',
    as: 'ada',
    path: { userId: '{{bobId}}' },
    status: 204,
    expect: 'Bob is no member any more',
  },
  {
    name: 'Bob writes to the group that he was removed from',
    operation: 'sendGroupMessage',
    as: 'bob',
    body: { body: 'Am I still here?' },
    status: 403,
    expect: 'Only members may write, so he is refused',
    test: refused('not-a-member'),
  },
  {
    name: 'Bob reads the group that he was removed from',
    operation: 'readHistory',
    as: 'bob',
    path: { conversationId: '{{groupConversationId}}' },
    status: 403,
    expect: 'Only members may read, so he is refused',
    test: refused('not-a-member'),
  },
  {
    name: 'Ada asks what is held about her',
    operation: 'exportAccount',
    as: 'ada',
    status: 200,
    expect: 'Her profile is part of what is held',
    test: lines(
      ANSWER,
      "const profile = answer.items.find(({ type }) => type === 'profile');",
      "pm.expect(profile.username).to.equal(pm.collectionVariables.get('ada'));",
    ),
  },
  ...signsOut('bob'),
  ...signsOut('ada'),
  signsIn('ada', {
    name: 'Ada signs in again',
    expect: 'She has the tokens that the other folders use',
    accessToken: 'accessToken',
    refreshToken: 'refreshToken',
  }),
];
