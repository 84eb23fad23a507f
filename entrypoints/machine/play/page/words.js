// What the page around the kiosk says, in Indonesian and English.

const ID = {
  title: "Mesin simulasi",
  intro: "Layar di bawah adalah layar mesin yang sebenarnya. Tangan di bawahnya hanya menyentuh dunia di sekitarnya.",
  language: "English",
  screen: "Layar mesin",
  hands: "Tangan Anda",
  dark: { unplugged: "Tidak ada listrik. Layar gelap.", waiting: "Mesin sedang dinyalakan." },
  groups: {
    items: "Benda dan tangan", phone: "Ponsel dan kamera", motor: "Motor", sensors: "Sensor", behind: "Di belakang mesin",
    controller: "Mikrokontroler", power: "Listrik dan jaringan", world: "Yang terlihat",
  },
  deeds: {
    "show-code": "Tunjukkan kode", "hide-code": "Simpan ponsel", take: "Ambil kembali", own: "Foto sendiri",
    hand: ["Masukkan tangan", "Tarik tangan"], "pull-string": "Tarik dengan benang",
    "camera unplugged": ["Cabut kamera", "Pasang kamera"], "camera black": ["Tutup lensa", "Buka lensa"],
    "camera frozen": ["Bekukan gambar", "Lepaskan gambar"],
    "motor jammed": ["Macetkan motor", "Lepaskan motor"], "motor dead": ["Putus lilitan", "Sambung lilitan"],
    "motor reversed": ["Balik kabel motor", "Betulkan kabel"],
    "in-sensor blind": ["Butakan sensor masuk", "Perbaiki sensor masuk"],
    "item sensor dark": ["Gelapkan sensor benda", "Bersihkan sensor benda"],
    "item sensor blind": ["Butakan sensor benda", "Perbaiki sensor benda"],
    "level sensor dead": ["Matikan sensor wadah", "Hidupkan sensor wadah"],
    "climate sensor dead": ["Matikan sensor udara", "Hidupkan sensor udara"],
    door: ["Tarik pintu", "Tutup pintu"], "bolt broken": ["Rusak kunci pintu", "Perbaiki kunci"],
    full: ["Penuhi wadah", "Kosongkan wadah"], reset: "Tekan tombol reset",
    "microcontroller unplugged": ["Cabut ESP32", "Pasang ESP32"], "line noisy": ["Ganggu kabel serial", "Tenangkan kabel"],
    network: ["Putus jaringan", "Sambung jaringan"], power: ["Cabut steker", "Pasang steker"],
  },
  sample: (number) => `Masukkan foto ${number}`,
  world: { present: "Benda di lubang", motor: "Motor", light: "Lampu", bin: "Di wadah", waiting: "Menunggu dikirim", balance: "Saldo di ponsel", pin: "PIN teknisi" },
  light: {
    dark: "gelap", green: "hijau", "green blinking": "hijau berkedip", blue: "biru", "blue blinking": "biru berkedip",
    amber: "kuning", "amber blinking": "kuning berkedip", red: "merah", "red blinking": "merah berkedip",
  },
  motor: { still: "diam", in: "menarik masuk", out: "mengeluarkan" },
  yes: "ada", no: "kosong",
  refused: {
    BoltHolds: "Pintu terkunci. Teknisi membukanya dari menu pemeliharaan.",
    NothingToPull: "Wadah kosong: tidak ada yang dapat ditarik.",
    NothingToTake: "Tidak ada benda yang dapat diambil.",
    picture: "Berkas ini bukan foto yang dapat dibaca. Pilih JPEG, PNG atau WebP.",
    other: "Tidak berhasil. Coba lagi sebentar.",
  },
};

const EN = {
  title: "Simulated machine",
  intro: "The screen below is the machine's own. The hands under it touch only the world around it.",
  language: "Bahasa Indonesia",
  screen: "The machine's screen",
  hands: "Your hands",
  dark: { unplugged: "No power. The screen is dark.", waiting: "The machine is starting." },
  groups: {
    items: "Items and hands", phone: "Phone and camera", motor: "Motor", sensors: "Sensors", behind: "Behind the machine",
    controller: "Microcontroller", power: "Power and network", world: "What is seen",
  },
  deeds: {
    "show-code": "Show the code", "hide-code": "Put the phone away", take: "Take it back", own: "Your own photograph",
    hand: ["Reach in", "Draw the hand back"], "pull-string": "Pull by the string",
    "camera unplugged": ["Unplug the camera", "Plug the camera in"], "camera black": ["Cover the lens", "Uncover the lens"],
    "camera frozen": ["Freeze the picture", "Let it go on"],
    "motor jammed": ["Jam the motor", "Free the motor"], "motor dead": ["Break the winding", "Mend the winding"],
    "motor reversed": ["Swap the motor's wires", "Swap them back"],
    "in-sensor blind": ["Blind the in-sensor", "Mend the in-sensor"],
    "item sensor dark": ["Darken the item sensor", "Wipe the item sensor"],
    "item sensor blind": ["Blind the item sensor", "Mend the item sensor"],
    "level sensor dead": ["Break the level sensor", "Mend the level sensor"],
    "climate sensor dead": ["Break the air sensor", "Mend the air sensor"],
    door: ["Pull the door", "Push the door shut"], "bolt broken": ["Break the bolt", "Mend the bolt"],
    full: ["Fill the bin", "Empty the bin"], reset: "Press its reset button",
    "microcontroller unplugged": ["Unplug the ESP32", "Plug the ESP32 in"], "line noisy": ["Disturb the serial line", "Calm the line"],
    network: ["Cut the network", "Join the network"], power: ["Pull the plug", "Put the plug in"],
  },
  sample: (number) => `Put in photograph ${number}`,
  world: { present: "Item in the opening", motor: "Motor", light: "Light", bin: "In the bin", waiting: "Waiting to be sent", balance: "Balance on the phone", pin: "Technician's PIN" },
  light: {
    dark: "dark", green: "green", "green blinking": "green, blinking", blue: "blue", "blue blinking": "blue, blinking",
    amber: "amber", "amber blinking": "amber, blinking", red: "red", "red blinking": "red, blinking",
  },
  motor: { still: "still", in: "taking in", out: "giving back" },
  yes: "yes", no: "empty",
  refused: {
    BoltHolds: "The door is locked. A technician opens it from the maintenance menu.",
    NothingToPull: "The bin is empty: there is nothing to pull.",
    NothingToTake: "There is nothing to take.",
    picture: "This file is no photograph that can be read. Choose JPEG, PNG or WebP.",
    other: "That did not work. Try again in a moment.",
  },
};

const LANGUAGES = { id: { words: ID, locale: "id-ID" }, en: { words: EN, locale: "en-GB" } };
let current = "id";

/** The words of the language in use. */
export const words = () => LANGUAGES[current].words;

/** Use the other language. */
export function turn() {
  current = current === "id" ? "en" : "id";
  document.documentElement.lang = current;
}

/** A whole number as this language writes it. */
export const number = (value) => new Intl.NumberFormat(LANGUAGES[current].locale).format(value);
