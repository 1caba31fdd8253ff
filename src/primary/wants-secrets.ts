import type { Settings } from '../config/settings.ts';

/** Whether any cookie is signed: then keys are kept. */
export const wantsSecrets = ({ affinity, relay }: Pick<Settings, 'affinity' | 'relay'>): boolean =>
  affinity !== false || relay !== undefined;
