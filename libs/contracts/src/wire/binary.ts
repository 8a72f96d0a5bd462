/** The reader and the writer that the generated code imports in place of @bufbuild/protobuf's. */
export { BinaryReader } from './binary-reader';
export { BinaryWriter } from './binary-writer';
