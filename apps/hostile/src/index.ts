export { methodsOf, type SurfaceMethod } from './surface/methods';
