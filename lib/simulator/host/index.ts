/**
 * Simulated hosts: machines on which ECE can be installed over SSH.
 *
 * Each host is an SSH server on loopback whose sessions run real shells in a private folder. On its PATH are everyday
 * tools of the real machine, and stand-ins for what must not be real: docker, podman, sudo, id, ss, Elastic's
 * installer, and whatever shows the machine's state. The stand-ins run in the simulator's process, so nothing that they are given (above all the roles token)
 * ever reaches the disk. Connections that a command opens are real ones of the real machine: a coordinator out of reach
 * is an address of it at which nothing listens, such as a closed port of loopback. Paths under the storage roots (`/mnt/data`) are mapped into the host's folder, but only where
 * they are arguments of commands found by PATH: the shell's own `[ -d /mnt/data ]`, redirections, and commands called
 * by an absolute path (`/usr/bin/rm`) see the real machine.
 *
 * Imports platform/, which it uses as {@link HostPlatform} only, and never coordinator/.
 */
export { controlHost, describeHost } from "./host-control";
export { SimulatedHost, type HostOptions } from "./simulated-host";
export { installerScript } from "./installer";
