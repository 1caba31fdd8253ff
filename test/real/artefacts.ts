import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../artefacts/', import.meta.url));

/** Keeps what a test saw for people to look at, in `test/artefacts/`. */
export const keepArtefact = async (name: string, content: Uint8Array): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}${name}`, content);
};
