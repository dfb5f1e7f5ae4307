// The adapter for a comparison with other durable engines: `run engines --adapter` of the rig takes this file.
// HYBRIDAGENTS_BENCHMARKS names the HybridAgents.Benchmarks.dll to run: as built, or as it is deployed, which is compiled ahead of time (docs/decisions/0031):
// dotnet publish tests/HybridAgents.Benchmarks -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o DIR
import fs from 'node:fs';
import path from 'node:path';

const dll = process.env.HYBRIDAGENTS_BENCHMARKS
  ?? path.resolve(import.meta.dirname, '../bin/Release/net10.0/HybridAgents.Benchmarks.dll');

export default {
  name: 'HybridAgents (embedded engine)',
  versions: [],
  settings: 'one process, every default of the engine, fsync on; the HTTP request starts the run in the process and is answered when it is complete',
  semantics: 'every turn is a record of a journal that is synced before its decisions are carried out; an activity is at-least-once until the turn that used its result is on disk; recovers by itself',
  async start(ctx, rec) {
    const { launch, stop, waitPort, freePorts, sleep, du, Pool } = ctx.lib;
    const [port] = ctx.ports ??= await freePorts(1);
    const data = path.join(ctx.dir, 'data');
    fs.mkdirSync(data, { recursive: true });
    const args = [dll, 'serve', '--port', String(port), '--data', data, '--model-url', ctx.modelUrl];
    if (rec) args.push('--exec-log', rec.execLog, '--gate', rec.gate);
    const host = launch('dotnet', args, { cwd: ctx.dir, log: path.join(ctx.dir, 'host.log') });
    await waitPort(port, 30000, host);
    const http = new Pool(port);
    const need = (answer) => {
      if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.text.slice(0, 300)}`);
      return answer;
    };
    return {
      roots: () => [host.pid],
      groups: () => ({ host: [host.pid] }),
      run: async (workload, id) => need(await http.request('POST', `/${workload}/${id}`, '')),
      startRun: async (workload, id) => need(await http.request('POST', `/${workload}/${id}/start`, '')),
      disk: async () => ({ kept: du(data) }),
      kill9: async () => {
        process.kill(host.pid, 'SIGKILL');
        while (!host.gone) await sleep(2);
        http.close();
      },
      waitDone: async (ids, deadline) => {
        let next = 0;
        let done = 0;
        await Promise.all(Array.from({ length: 200 }, async () => {
          while (next < ids.length && Date.now() < deadline) {
            const answer = await http.request('GET', `/chain/${ids[next++]}`);
            if (answer.status === 200) done++;
          }
        }));
        return done;
      },
      stop: async () => {
        http.close();
        await stop(host, 'SIGTERM', 5000);
      },
    };
  },
};
