export type { Machine, Plain, Turn } from './machine';
