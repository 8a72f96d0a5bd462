import type { JsonValue } from '@bufbuild/protobuf';

/** Fills `{n}` in good requests with a number that grows, so that no key is used twice. */
export class JsonTemplate {
  private used = 1_000_000;

  fill(template: JsonValue): JsonValue {
    this.used += 1;
    return JSON.parse(JSON.stringify(template).replaceAll('{n}', String(this.used))) as JsonValue;
  }
}
