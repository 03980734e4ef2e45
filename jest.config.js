// Jest runs CommonJS only, so what lib imports when it is needed is required here.
const TSCONFIG = {
  target: "ES2022",
  module: "CommonJS",
  moduleResolution: "Node10",
  esModuleInterop: true,
  resolveJsonModule: true,
  isolatedModules: true,
  ignoreDeprecations: "5.0",
};

const shared = {
  testEnvironment: "node",
  roots: ["<rootDir>/lib", "<rootDir>/test"],
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: TSCONFIG, diagnostics: false }] },
  // The extension that Node asks for where something is imported when it is needed.
  moduleNameMapper: { "^(\\.{1,2}/.+)\\.js$": "$1" },
};

module.exports = {
  maxWorkers: "100%",
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/!(e2e|registry|proof)/**/*.test.ts", "<rootDir>/test/*.test.ts"],
    },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["<rootDir>/test/e2e/*.test.ts"],
      // Whole lives of hosts, with real Terraform. A project has no testTimeout of its own.
      setupFilesAfterEnv: ["<rootDir>/test/e2e/timeout.ts"],
    },
    {
      ...shared,
      displayName: "proof",
      testMatch: ["<rootDir>/test/proof/*.test.ts"],
      setupFilesAfterEnv: ["<rootDir>/test/proof/timeout.ts"],
    },
  ],
};
