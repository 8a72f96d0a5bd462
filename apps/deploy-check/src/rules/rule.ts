import type { OverlayName } from '../checkout';
import type { Manifest } from '../manifest';

/** Judges the objects of an overlay; gives a sentence for each that breaks it. */
export type Rule = (manifests: readonly Manifest[], overlay: OverlayName) => readonly string[];
