# SPDX-License-Identifier: BSD-2-Clause
"""The command line."""

from __future__ import annotations

import argparse
import os
import sys

from . import inject, lifecycle, routing
from .errors import LabError
from .options import Options
from .runfolder import RunFolder
from .topology import HANDOFFS


def folder_of(options: argparse.Namespace) -> RunFolder:
    return RunFolder(options.name or os.environ.get("ERPROBE_LAB") or "lab")


def do_up(options: argparse.Namespace) -> int:
    folder = folder_of(options)
    with folder.lock():
        lifecycle.up(folder, options.handoff, options.family, options.seed, options.wire)
    return 0


def do_down(options: argparse.Namespace) -> int:
    folder = folder_of(options)
    with folder.lock():
        lifecycle.down(folder)
    return 0


def do_dir(options: argparse.Namespace) -> int:
    print(folder_of(options).path)
    return 0


def do_run(options: argparse.Namespace) -> int:
    folder = folder_of(options)
    topology = lifecycle.current(folder)
    if options.on not in topology.nodes:
        raise LabError(f"no node '{options.on}': {' '.join(topology.nodes)}")
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise LabError("no command to run")
    os.environ["ERPROBE_LAB_RUN"] = str(folder.path)
    os.execvp("ip", ["ip", "netns", "exec", folder.ns(options.on), *command])
    return 127


def chosen(options: argparse.Namespace) -> Options:
    return Options(sides=(), ratio=options.ratio, ms=options.ms, size=options.size,
                   proto=options.proto, how=options.how, direction=options.direction,
                   rate=options.rate, on=options.on)


def do_list(options: argparse.Namespace) -> int:
    """The labs that are up."""
    base = folder_of(options).base
    for ready in sorted(base.glob("*/ready")):
        folder = RunFolder(ready.parent.name)
        print(f"{folder.name:8} {folder.read(ready)['handoff']}  {folder.path}")
    return 0


def do_fault(options: argparse.Namespace) -> int:
    if options.list:
        print(inject.catalogue())
        return 0
    if not options.id:
        raise LabError("which fault? `lab fault --list` prints them")
    folder = folder_of(options)
    with folder.lock():
        inject.inject(folder, lifecycle.current(folder), options.id, options.link,
                      chosen(options), wait=not options.no_wait)
    return 0


def do_nuisance(options: argparse.Namespace) -> int:
    folder = folder_of(options)
    with folder.lock():
        for name in options.ids:
            inject.annoy(folder, lifecycle.current(folder), name, options.link, chosen(options))
    return 0


def do_heal(options: argparse.Namespace) -> int:
    folder = folder_of(options)
    with folder.lock():
        inject.heal(folder, lifecycle.current(folder))
    return 0


def do_status(options: argparse.Namespace) -> int:
    """0 when up and as a healthy lab is, 1 otherwise."""
    folder = folder_of(options)
    topology = lifecycle.current(folder)
    applied = (folder.read(folder.applied) or {"applied": []})["applied"]
    unmet = routing.unmet(folder, routing.healthy(topology))
    print(f"lab {folder.name}: {topology.handoff}, {folder.path}")
    for entry in applied:
        print(f"  applied: {entry['id']} {' '.join(entry['links'])}".rstrip())
    for expected in unmet:
        print(f"  {expected.node}: not {expected.ways} way(s) to {expected.prefix}")
    if not unmet and not applied:
        print("  healthy")
    return 1 if unmet or applied else 0


def add_choices(command: argparse.ArgumentParser) -> None:
    command.add_argument("--link", choices=("primary", "secondary", "both"))
    command.add_argument("--ratio", type=float, help="of loss, 0..1")
    command.add_argument("--ms", type=float, help="added to a round trip")
    command.add_argument("--size", type=int, help="largest IP packet that passes")
    command.add_argument("--rate", type=int, help="bits a second; ICMP errors a second")
    command.add_argument("--proto", help="tcp, udp, icmp, tcp/PORT, ...")
    command.add_argument("--direction", choices=("to-azure", "from-azure", "both"))
    command.add_argument("--how", help="which way, where there are several")
    command.add_argument("--on", metavar="NODE")


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="lab", description="An emulated ExpressRoute circuit.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--name", help="which lab, where several are up (default: lab)")
    commands = main.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", parents=[common], help="build a lab, wait until it works")
    up.add_argument("handoff", choices=HANDOFFS)
    for family in ("ipv4", "ipv6", "dual"):
        up.add_argument(f"--{family}", dest="family", action="store_const", const=family,
                        default="ipv4", help=f"erprobe.yaml names {family} addresses")
    up.add_argument("--seed", type=int, default=1, help="of the wires' chance")
    up.add_argument("--wire", action="append", default=[], metavar="A-B",
                    help="make this link a wire too")
    up.set_defaults(do=do_up)

    down = commands.add_parser("down", parents=[common], help="remove the lab")
    down.set_defaults(do=do_down)
    folder = commands.add_parser("dir", parents=[common], help="print the run folder")
    folder.set_defaults(do=do_dir)
    run = commands.add_parser("run", parents=[common], help="run a command in a node")
    run.add_argument("--on", default="host", metavar="NODE")
    run.add_argument("command", nargs=argparse.REMAINDER)
    run.set_defaults(do=do_run)
    fault = commands.add_parser("fault", parents=[common], help="inject a fault")
    fault.add_argument("id", nargs="?", metavar="FAULT-ID")
    fault.add_argument("--list", action="store_true", help="print all faults and nuisances")
    fault.add_argument("--no-wait", action="store_true", help="do not wait for BGP to react")
    add_choices(fault)
    fault.set_defaults(do=do_fault)
    nuisance = commands.add_parser("nuisance", parents=[common], help="what only looks like one")
    nuisance.add_argument("ids", nargs="+", metavar="NAME")
    add_choices(nuisance)
    nuisance.set_defaults(do=do_nuisance)
    heal = commands.add_parser("heal", parents=[common], help="undo all faults and nuisances")
    heal.set_defaults(do=do_heal)
    status = commands.add_parser("status", parents=[common], help="what is up, what is wrong")
    status.set_defaults(do=do_status)
    names = commands.add_parser("list", parents=[common], help="print the labs that are up")
    names.set_defaults(do=do_list)
    return main


def main(argv: list[str]) -> int:
    options = parser().parse_args(argv)
    try:
        if os.geteuid() != 0:
            raise LabError("needs root: namespaces and TAP devices are made")
        return options.do(options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
