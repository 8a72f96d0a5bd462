export { plainArray, textArray } from './array-literals';
export { copyRows } from './copy-rows';
export { type CursorKey, CursorMovedError, moveCursor, readCursor } from './cursor';
export { projectionMigrations } from './migrations';
export { parameterRows, piecesOf } from './parameter-rows';
export type { RowWriter } from './row-writer';
export {
  Projection,
  ProjectionLagError,
  type ProjectionLog,
  type ProjectionOptions,
  type ProjectionStats,
  runProjection,
} from './run-projection';
