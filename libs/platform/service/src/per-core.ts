/**
 * Makes something once for each shard's core, because a process may own several: `const partsOf = perCore(makeParts)`. It is
 * forgotten with the core.
 */
export function perCore<Core extends object, Made>(make: (core: Core) => Made): (core: Core) => Made {
  const made = new WeakMap<Core, { readonly value: Made }>();
  return (core) => {
    let found = made.get(core);
    if (found === undefined) {
      found = { value: make(core) };
      made.set(core, found);
    }
    return found.value;
  };
}
