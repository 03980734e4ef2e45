import { EceProvider, Host, RolesToken } from "../../../lib";
import { newStack, synthesize } from "../synthesis";

test("a resource can be imported with a configuration that Terraform writes", () => {
  const stack = newStack();
  const other = new EceProvider(stack, "other", { alias: "other" });

  Host.generateConfigForImport(stack, "host", "10.0.0.11");
  RolesToken.generateConfigForImport(stack, "token", "file:roles-token.txt", other);

  expect(synthesize(stack)).toMatchObject({
    import: [
      { to: "ece_host.host", id: "10.0.0.11" },
      { to: "ece_roles_token.token", id: "file:roles-token.txt", provider: "ece.other" },
    ],
  });
});

test("the provider tells its type, as the prebuilt ones do", () => {
  expect(EceProvider.tfResourceType).toBe("ece");
  expect(Object.keys(synthesize(newStack()).provider)).toEqual([EceProvider.tfResourceType]);
});
