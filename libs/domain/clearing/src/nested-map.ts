/** Returns the map under a key of a map of maps, and puts an empty one there first when there is none. */
export function childMap<K, CK, CV>(parent: Map<K, Map<CK, CV>>, key: K): Map<CK, CV> {
  const known = parent.get(key);
  if (known) return known;
  const created = new Map<CK, CV>();
  parent.set(key, created);
  return created;
}
