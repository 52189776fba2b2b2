// A slave made with the npm package modbus-serial: node slave.mjs tcp PORT | rtu TTY. Prints "ready", then serves until
// it is ended. Each unit has its own registers: holding register A of unit U begins as U * 1000 + A.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Modbus = require("modbus-serial");

const kRegisters = 200;
const kIllegalAddress = 2;
const units = new Map();

function unit(id) {
  if (!units.has(id)) {
    const registers = Array.from({ length: kRegisters }, (_, address) => id * 1000 + address);
    const coils = Array.from({ length: kRegisters }, (_, address) => address % 3 === 0);
    units.set(id, { registers, coils });
  }
  return units.get(id);
}

function at(list, address) {
  if (address < list.length) return list[address];
  throw Object.assign(new Error("no such address"), { modbusErrorCode: kIllegalAddress });
}

const vector = {
  getHoldingRegister: (address, id) => at(unit(id).registers, address),
  getInputRegister: (address, id) => at(unit(id).registers, address) ^ 0xffff,
  getCoil: (address, id) => at(unit(id).coils, address),
  getDiscreteInput: (address, id) => !at(unit(id).coils, address),
  setRegister: (address, value, id) => {
    at(unit(id).registers, address);
    unit(id).registers[address] = value;
  },
  setCoil: (address, value, id) => {
    at(unit(id).coils, address);
    unit(id).coils[address] = value;
  },
};

const kAllUnits = 255;
const [kind, place] = process.argv.slice(2);
const server =
  kind === "tcp"
    ? new Modbus.ServerTCP(vector, { host: "127.0.0.1", port: Number(place), unitID: kAllUnits })
    : new Modbus.ServerSerial(
        vector,
        { path: place, baudRate: 115200, unitID: kAllUnits, interval: 5 },
        { openOptions: { baudRate: 115200 } },
      );
server.on("initialized", () => console.log("ready"));
server.on("socketError", (error) => console.error(error));
server.on("error", (error) => console.error(error));
