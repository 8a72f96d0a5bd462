/**
 * The short name of a wire enum's value: `ORD_STATUS_NEW` becomes `NEW`. A value that this build does not know is shown as
 * its number.
 */
export function enumName(names: Readonly<Record<number, string>>, value: number, prefix: string): string {
  const name = names[value];
  return name === undefined || value < 0 ? String(value) : name.replace(prefix, '');
}
