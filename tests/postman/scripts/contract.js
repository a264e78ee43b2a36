// What the answer of every request must be: what the document says of its operation.
const answers = operations[pm.variables.get('operation')];
const status = pm.response.code;
const type = (pm.response.headers.get('content-type') || '').split(';')[0];

pm.test(`${status} is documented`, () => {
  pm.expect(status, pm.response.text()).to.be.below(500);
  pm.expect(Object.keys(answers), pm.response.text()).to.include(String(status));
});

const documented = answers[status] || {};
if (Object.keys(documented).length === 0) {
  pm.test('It has no body', () => pm.expect(pm.response.text()).to.equal(''));
} else {
  pm.test('Its content type is documented', () => pm.expect(Object.keys(documented)).to.include(type));
  pm.test('Its body is as the document says', () => {
    pm.response.to.have.jsonSchema({ ...documented[type].schema, definitions }, { unknownFormats: 'ignore' });
  });
}
if (type === 'application/problem+json') {
  pm.test('It is a problem with its status and a documented code', () => {
    const problem = pm.response.json();
    pm.expect(problem.status).to.equal(status);
    pm.expect(documented[type].codes).to.include(problem.code);
  });
}
