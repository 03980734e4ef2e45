import { readFileSync } from "node:fs";
import { API_PAGE, renderApi } from "../support/jsii";

test("the constructs compile under jsii, and docs/API.md tells what they are (npm run docs:api)", async () => {
  const rendered = await renderApi();

  expect(rendered).toContain("import { EceHost } from 'cdktf-ece'");
  expect(readFileSync(API_PAGE, "utf8")).toBe(rendered);
});
