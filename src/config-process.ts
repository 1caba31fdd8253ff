import { loadConfig } from './config/load.ts';
import { registries } from './registries.ts';

// Entry of the process that reads one config, sends what it found to its parent and ends: see cli/load-apart.ts.
const [file = 'usher.json'] = process.argv.slice(2);
process.send?.(await loadConfig(file, registries), undefined, undefined, () => {
  process.disconnect?.();
});
