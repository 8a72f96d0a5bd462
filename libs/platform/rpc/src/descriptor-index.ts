import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

/** Finds descriptors by file or symbol, each with everything that it imports, in the order that a client can load. */
export class DescriptorIndex {
  private readonly files = new Map<string, FileDescriptorProto>();
  private readonly fileOfSymbol = new Map<string, string>();

  /** Adds files; one of a name that is already there is passed over. */
  add(files: readonly FileDescriptorProto[]): void {
    for (const file of files) {
      if (this.files.has(file.name)) continue;
      this.files.set(file.name, file);
      for (const symbol of symbolsOf(file)) this.fileOfSymbol.set(symbol, file.name);
    }
  }

  /** Adds an encoded google.protobuf.FileDescriptorSet, such as `buf build` writes. */
  addSet(bytes: Uint8Array): void {
    this.add(fromBinary(FileDescriptorSetSchema, bytes).file);
  }

  /** The file and all that it imports, directly or not, imports first; undefined when the file is not known. */
  byFileName(name: string): Uint8Array[] | undefined {
    if (!this.files.has(name)) return undefined;
    const found = new Map<string, FileDescriptorProto>();
    this.collect(name, found);
    return [...found.values()].map((file) => toBinary(FileDescriptorProtoSchema, file));
  }

  /** The same for the file that defines a service, method, message, field, enum or enum value. */
  bySymbol(symbol: string): Uint8Array[] | undefined {
    const file = this.fileOfSymbol.get(symbol);
    return file === undefined ? undefined : this.byFileName(file);
  }

  has(symbol: string): boolean {
    return this.fileOfSymbol.has(symbol);
  }

  private collect(name: string, into: Map<string, FileDescriptorProto>): void {
    const file = this.files.get(name);
    if (!file || into.has(name)) return;
    for (const dependency of file.dependency) this.collect(dependency, into);
    into.set(name, file);
  }
}

function* symbolsOf(file: FileDescriptorProto): Generator<string> {
  const scope = file.package === '' ? '' : `${file.package}.`;
  for (const message of file.messageType) yield* symbolsOfMessage(scope, message);
  for (const enumType of file.enumType) yield* symbolsOfEnum(scope, enumType);
  for (const service of file.service) {
    yield scope + service.name;
    for (const method of service.method) yield `${scope}${service.name}.${method.name}`;
  }
}

function* symbolsOfMessage(scope: string, message: DescriptorProto): Generator<string> {
  const name = scope + message.name;
  yield name;
  for (const field of message.field) yield `${name}.${field.name}`;
  for (const nested of message.nestedType) yield* symbolsOfMessage(`${name}.`, nested);
  for (const enumType of message.enumType) yield* symbolsOfEnum(`${name}.`, enumType);
}

/** Values of an enum stand beside it, not in it: that is Protobuf's scoping. */
function* symbolsOfEnum(scope: string, enumType: EnumDescriptorProto): Generator<string> {
  yield scope + enumType.name;
  for (const value of enumType.value) yield scope + value.name;
}
