/**
 * The three functions of the Reflect metadata proposal that `@peculiar/x509` 2 needs before it can be loaded, where
 * nothing else has brought them. Import it before that library.
 */
interface MetadataReflection {
  defineMetadata(key: unknown, value: unknown, target: object): void;
  getMetadata(key: unknown, target: object): unknown;
  getOwnMetadata(key: unknown, target: object): unknown;
}

const metadata = new WeakMap<object, Map<unknown, unknown>>();

const reflection: MetadataReflection = {
  defineMetadata(key, value, target) {
    metadata.set(target, (metadata.get(target) ?? new Map<unknown, unknown>()).set(key, value));
  },
  getMetadata: (key, target) => metadata.get(target)?.get(key),
  getOwnMetadata: (key, target) => metadata.get(target)?.get(key),
};

if (!("getMetadata" in Reflect)) {
  Object.assign(Reflect, reflection);
}
