export * from './child';
export * from './cluster';
export { CLUSTER_ASSETS, LINKS, type LinkName } from './cluster-plan';
export * from './free-ports';
export * from './otlp-collector';
export * from './peer';
export * from './serving';
export * from './tcp-proxy';
export * from './until';
