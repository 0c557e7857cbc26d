/** The JIT as the engine sees it. Loaded on its own, in the background: acorn and astring are not on the way of a first run. */
export { JIT_REFUSALS, type JitRefusal } from './flow.ts';
export { listUnits, type UnitListing } from './listing.ts';
export { HotTier, type TierEvent, type TierOptions } from './tier.ts';
