/** Values of options by name: a text, or true for a switch. */
export type OptionValues = Readonly<Record<string, string | true>>;
