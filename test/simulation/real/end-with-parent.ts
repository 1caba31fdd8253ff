// Loaded before a primary of the simulation: once who started it is gone, however that came, it is gone as well. It holds
// the other end of standard input. Its worker, which loads this too, ends with it.
if (process.env['ENDS_WITH_PARENT'] !== undefined) {
  delete process.env['ENDS_WITH_PARENT'];
  const { stdin } = process;
  const end = (): void => void process.kill(process.pid, 'SIGTERM');
  stdin.once('end', end).once('error', end).resume();
  if ('unref' in stdin) stdin.unref();
}
