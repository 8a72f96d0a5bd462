export { plainArray, textArray } from './array-literals';
export { type CursorKey, CursorMovedError, moveCursor, readCursor } from './cursor';
export { projectionMigrations } from './migrations';
export {
  Projection,
  ProjectionLagError,
  type ProjectionLog,
  type ProjectionOptions,
  type ProjectionStats,
  runProjection,
} from './run-projection';
