// What the answer of every request must be: what the document says of its operation.
const answers = operations[pm.variables.get('operation')];
const status = pm.response.code;
const type = (pm.response.headers.get('content-type') || '').split(';')[0];

pm.test(`${status} is an answer that the document has`, () => {
  pm.expect(status, pm.response.text()).to.be.below(500);
  pm.expect(Object.keys(answers), pm.response.text()).to.include(String(status));
});

const documented = answers[status] || {};
if (Object.keys(documented).length === 0) {
  pm.test('it has no body', () => pm.expect(pm.response.text()).to.equal(''));
} else {
  pm.test('its content type is one that the document has', () => pm.expect(Object.keys(documented)).to.include(type));
  pm.test('its body is as the document says', () => {
    const schema = documented[type].schema || { $ref: '#/definitions/Problem' };
    pm.response.to.have.jsonSchema({ ...schema, definitions }, { unknownFormats: 'ignore' });
  });
}
if (type === 'application/problem+json') {
  pm.test('it is a problem with its status and a code that the document has', () => {
    const problem = pm.response.json();
    pm.expect(problem.status).to.equal(status);
    pm.expect(documented[type].codes).to.include(problem.code);
  });
}
