import { handshakeLine, handshakeProblem } from "../../../../lib/plugin/protocol/process/handshake";
import { createIdentity } from "../../../../lib/plugin/protocol/process/identity";
import { terraformEnvironment } from "../support/plugin-process";
import { probeProvider } from "../support/probe-provider";

const environment = terraformEnvironment(createIdentity());

test("the line has six parts, and the certificate no padding", () => {
  const line = handshakeLine({ network: "unix", address: "/tmp/x/socket" }, Buffer.from([1, 2, 3, 4]));

  expect(line).toBe("1|6|unix|/tmp/x/socket|grpc|AQIDBA\n");
});

test("without TLS the certificate is empty", () => {
  expect(handshakeLine({ network: "tcp", address: "127.0.0.1:1" })).toBe("1|6|tcp|127.0.0.1:1|grpc|\n");
});

test("Terraform's environment is accepted", () => {
  expect(handshakeProblem(probeProvider, environment)).toBeUndefined();
});

test.each([undefined, "", "0"])(
  "a cookie of %p is refused with a text that says what the file is and where it belongs",
  (cookie) => {
    const problem = handshakeProblem(probeProvider, { ...environment, TF_PLUGIN_MAGIC_COOKIE: cookie });

    expect(problem).toContain('the Terraform provider "probe", version 1.2.3');
    expect(problem).toContain("terraform.d/plugins/HOST/NAMESPACE/probe/1.2.3/OS_ARCH/terraform-provider-probe_v1.2.3");
  },
);

test.each([
  ["5", "only 5"],
  ["4,5,16", "only 4, 5, 16"],
  ["", "none"],
  [undefined, "none"],
])("an offer of %p is refused with a text that says what is missing", (versions, offer) => {
  const problem = handshakeProblem(probeProvider, { ...environment, PLUGIN_PROTOCOL_VERSIONS: versions });

  expect(problem).toContain("version 6 of Terraform's plugin protocol");
  expect(problem).toContain(`offers ${offer}.`);
});
