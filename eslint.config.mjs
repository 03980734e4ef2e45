import eslint from "@eslint/js";
import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

const onlyHashPrivate = {
  selector:
    ":matches(PropertyDefinition, MethodDefinition[kind!='constructor'], TSParameterProperty)[accessibility='private']",
  message: "Private members are #private: they stay out of what console.log and JSON.stringify show.",
};

export default tseslint.config(
  { ignores: ["**/dist/**", "**/cdktf.out/**", "**/node_modules/**"] },
  { files: ["**/*.ts"], extends: [eslint.configs.recommended, ...tseslint.configs.recommendedTypeChecked] },
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "test/tsconfig.json" } },
    rules: {
      curly: ["error", "multi-or-nest", "consistent"],
      "no-restricted-syntax": ["error", onlyHashPrivate],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ["lib/**/*.ts"],
    rules: {
      "@typescript-eslint/naming-convention": [
        "error",
        {
          selector: "variable",
          modifiers: ["const", "global"],
          types: ["string", "number", "boolean", "array"],
          format: ["UPPER_CASE"],
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    plugins: { jest },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "jest/consistent-test-it": ["error", { fn: "test", withinDescribe: "test" }],
      "jest/no-focused-tests": "error",
      "jest/no-identical-title": "error",
    },
  },
);
