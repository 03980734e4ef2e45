import { once } from "node:events";
import { FunctionArgumentError, type Attribute, type Provider, type Schema } from "../../../../lib/plugin/framework";
import { log } from "../../../../lib/plugin/log";

const description = "for the test";
const name: Attribute = { type: "string", required: true, description };

const schema: Schema = {
  description,
  attributes: {
    name,
    tags: { type: { map: "string" }, optional: true, requiresReplace: true, description },
    size: { type: "number", optional: true, default: 0.1, description },
    id: { type: "string", computed: true, useStateForUnknown: true, description },
  },
  blocks: { timeouts: { description, attributes: { create: { type: "string", optional: true, description } } } },
};

/** One type of every kind. What the resource does on create depends on its name. */
export const probeProvider: Provider<string> = {
  name: "probe",
  version: "1.2.3",
  schema: { description, attributes: { greeting: { type: "string", optional: true, description } } },
  async configure({ config, terraformVersion }) {
    return `${config["greeting"] as string} from ${terraformVersion}`;
  },
  resources: {
    probe_thing: {
      schema,
      validateConfig({ config }, diagnostics) {
        if (config["tags"] !== null) diagnostics.addWarning("Odd tag", "Think again.", ["tags", "odd"]);
      },
      async create({ plan, providerData: provider, signal }, response) {
        log.error("creating", { thing: plan["name"] });
        if (plan["name"] === "crash") void Promise.reject(new Error("boom, Bearer abcdefghij0123456789"));
        if (plan["name"] === "chatty") console.log("a stray line");
        if (plan["name"] === "slow" || plan["name"] === "crash") if (!signal.aborted) await once(signal, "abort");

        response.state = { ...plan, id: provider };
        response.privateState = { attempts: 1 };
      },
      async read({ privateState }, response) {
        response.privateState = { attempts: Number(privateState["attempts"]) + 1 };
      },
      async update({ plan }, response) {
        response.state = plan;
      },
      async delete() {},
      async importState({ id }, response) {
        response.state = { name: id, tags: null, size: 1, id, timeouts: null };
      },
    },
  },
  dataSources: {
    probe_answer: {
      schema: { description, attributes: { name, answer: { type: "dynamic", computed: true, description } } },
      async read({ config }, response) {
        response.state = { ...config, answer: ["a", 1] };
      },
    },
  },
  ephemeralResources: {
    probe_secret: {
      schema: {
        description,
        attributes: { name, secret: { type: "string", computed: true, sensitive: true, description } },
      },
      async open({ config }, response) {
        response.result = { ...config, secret: "s3cr3t" };
        response.privateState = { opened: true };
      },
      async close({ privateState }, diagnostics) {
        if (privateState["opened"] === true) diagnostics.addWarning("Closed", "It was open.");
      },
    },
  },
  functions: {
    half: {
      summary: "Halves",
      description,
      parameters: [{ name: "number", type: "number", description }],
      returns: "number",
      call(number) {
        if (Number(number) < 0) throw new FunctionArgumentError(0, "must not be negative");
        return Number(number) / 2;
      },
    },
  },
};
