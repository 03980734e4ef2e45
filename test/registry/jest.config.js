// Tests that fetch from npm and PyPI: other frameworks, engines and compilers. `npm test` leaves them out.
const { projects } = require("../../jest.config");
const [, e2e] = projects;

module.exports = {
  ...e2e,
  rootDir: "../..",
  displayName: "registry",
  testMatch: ["<rootDir>/test/registry/*.test.ts"],
};
