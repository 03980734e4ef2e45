/** Writes the reference of the constructs anew, with compilers from npm: `npm run docs:api`. */
import { writeFileSync } from "node:fs";
import { API_PAGE, renderApi } from "../support/jsii";

void renderApi().then((text) => writeFileSync(API_PAGE, text));
