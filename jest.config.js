const shared = {
  testEnvironment: "node",
  roots: ["<rootDir>/lib", "<rootDir>/test"],
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "test/tsconfig.json", diagnostics: false }] },
};

module.exports = {
  maxWorkers: "100%",
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: "unit", testMatch: ["<rootDir>/test/!(e2e)/**/*.test.ts", "<rootDir>/test/*.test.ts"] },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["<rootDir>/test/e2e/*.test.ts"],
      // Whole lives of hosts, with real Terraform. A project has no testTimeout of its own.
      setupFilesAfterEnv: ["<rootDir>/test/e2e/timeout.ts"],
    },
  ],
};
