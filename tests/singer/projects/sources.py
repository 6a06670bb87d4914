"""Small project files of one song, written by hand after each format's structure; no writer of ours or of LibreSVIP.

The song: 100 quarter notes a minute, 140 from tick 1920 (beat 4); か 480-960 on C4, き 960-1200 on E4, held 1200-1440
on F4, く 1920-2880 on G4. Bends: +50 cents from tick 600 to 720, where the format has them.
"""

from __future__ import annotations

import io
import json
import math
import zipfile

NOTES = ((480, 480, 60, "か"), (960, 240, 64, "き"), (1200, 240, 65, "-"), (1920, 960, 67, "く"))
BLICKS = 1_470_000


def ustx() -> bytes:
    def note(start: int, length: int, key: int, lyric: str, vibrato: str = "{length: 0}") -> str:
        return (
            f"  - position: {start - 240}\n    duration: {length}\n    tone: {key}\n    lyric: '{lyric}'\n"
            "    pitch:\n      data:\n      - {x: -40, y: 0, shape: io}\n      - {x: 40, y: 0, shape: io}\n"
            f"      snap_first: true\n    vibrato: {vibrato}\n"
        )

    shaken = "{length: 50, period: 200, depth: 30, in: 20, out: 10, shift: 0, drift: 0}"
    notes = [
        note(start, length, key, {"-": "+~"}.get(lyric, lyric)) for start, length, key, lyric in NOTES[:3]
    ]
    return (
        "name: Song\nustx_version: '0.6'\nbpm: 100\ntempos:\n- {position: 0, bpm: 100}\n- {position: 1920, bpm: 140}\n"
        "time_signatures:\n- {bar_position: 0, beat_per_bar: 3, beat_unit: 4}\n"
        "- {bar_position: 2, beat_per_bar: 6, beat_unit: 8}\n"
        "tracks:\n- {phonemizer: OpenUtau.Core.DefaultPhonemizer, track_name: Lead}\n"
        "- {phonemizer: OpenUtau.Core.DefaultPhonemizer, track_name: Choir}\n"
        "voice_parts:\n- name: Part\n  track_no: 0\n  position: 240\n  notes:\n"
        + "".join(notes)
        + note(*NOTES[3], shaken)
        + "  curves:\n"
        "  - {abbr: pitd, xs: [355, 360, 480, 485], ys: [0, 50, 50, 0]}\n"
        "  - {abbr: dyn, xs: [0, 480], ys: [0, -60]}\n  - {abbr: genc, xs: [0, 480], ys: [25, 25]}\n"
        "  - {abbr: voic, xs: [0], ys: [70]}\n"
        "- name: Second\n  track_no: 1\n  position: 0\n  notes:\n"
        + note(480, 480, 72, "ら")
        + "  curves: []\n"
        "wave_parts:\n- {name: Drums, track_no: 1, position: 0, relative_path: beat/drums.wav}\n"
    ).encode()


def svp() -> bytes:
    still = {"tF0Left": 0, "tF0Right": 0, "dF0Left": 0, "dF0Right": 0, "dF0Vbr": 0}
    notes = [
        {
            "onset": start * BLICKS, "duration": length * BLICKS, "lyrics": lyric, "phonemes": "", "pitch": key,
            "attributes": still if start == 480 else {},
        }
        for start, length, key, lyric in NOTES
    ]  # fmt: skip
    empty = {"mode": "linear", "points": []}
    bend = {
        "mode": "linear",
        "points": [p for t, c in ((599, 0), (600, 50), (720, 50), (721, 0)) for p in (t * BLICKS, c)],
    }
    names = ("vibratoEnv", "tension", "breathiness", "voicing", "gender", "toneShift")
    parameters = {name: empty for name in names} | {"pitchDelta": bend}
    parameters["loudness"] = {"mode": "linear", "points": [0, 0, 960 * BLICKS, -6.0]}
    parameters["voicing"] = {"mode": "linear", "points": [0, 0.5]}
    track = {
        "name": "Lead", "dispColor": "ff7db235", "dispOrder": 0, "renderEnabled": False,
        "mixer": {"gainDecibel": 0, "pan": 0, "mute": False, "solo": False, "display": True},
        "mainGroup": {"name": "main", "uuid": "a", "parameters": parameters, "notes": notes},
        "mainRef": {"groupID": "a", "blickOffset": 0, "pitchOffset": 0, "isInstrumental": False, "dictionary": "",
                    "database": {"name": "", "language": "japanese", "phoneset": "romaji"}, "voice": {}},
        "groups": [],
    }  # fmt: skip
    time = {
        "meter": [
            {"index": 0, "numerator": 4, "denominator": 4},
            {"index": 1, "numerator": 3, "denominator": 4},
        ],
        "tempo": [{"position": 0, "bpm": 100}, {"position": 1920 * BLICKS, "bpm": 140}],
    }
    project = {"version": 113, "time": time, "library": [], "tracks": [track], "renderConfig": {}}
    return json.dumps(project).encode() + b"\0"


def vsqx() -> bytes:
    notes = "".join(
        f"<note><t>{start}</t><dur>{length}</dur><n>{key}</n><v>64</v><y><![CDATA[{lyric}]]></y><p><![CDATA[a]]></p>"
        '<nStyle><v id="accent">50</v></nStyle></note>'
        for start, length, key, lyric in NOTES
    )
    changes = ((0, "S", 4), (600, "P", 1024), (721, "P", 0), (0, "D", 64), (960, "D", 32), (960, "C", 90))
    controls = "".join(f'<cc><t>{tick}</t><v id="{name}">{value}</v></cc>' for tick, name, value in changes)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><vsq4 xmlns="http://www.yamaha.co.jp/vocaloid/schema/vsq4/">'
        "<vender>Yamaha</vender><version>4.0.0.3</version><vVoiceTable/><mixer><masterUnit><oDev>0</oDev><rLvl>0</rLvl>"
        "<vol>0</vol></masterUnit><vsUnit><tNo>0</tNo><iGin>0</iGin><sLvl>0</sLvl><sEnable>0</sEnable><m>0</m><s>0</s>"
        "<pan>64</pan><vol>0</vol></vsUnit></mixer><masterTrack><seqName>Song</seqName><comment/><resolution>480</resolution>"
        "<preMeasure>4</preMeasure><timeSig><m>0</m><nu>4</nu><de>4</de></timeSig>"
        "<timeSig><m>5</m><nu>3</nu><de>4</de></timeSig><tempo><t>0</t><v>10000</v></tempo>"
        "<tempo><t>9600</t><v>14000</v></tempo></masterTrack><vsTrack><tNo>0</tNo><name>Lead</name><comment/><vsPart>"
        "<t>7680</t><playTime>4000</playTime><name>P</name><comment/><sPlug><id>x</id><name>y</name><version>1</version>"
        f"</sPlug><pStyle/><singer><t>0</t><bs>0</bs><pc>0</pc></singer>{controls}{notes}</vsPart></vsTrack></vsq4>"
    ).encode()


def vpr() -> bytes:
    notes = [
        {
            "lyric": lyric,
            "phoneme": "a",
            "pos": start - 240,
            "duration": length,
            "number": key,
            "velocity": 64,
        }
        for start, length, key, lyric in NOTES
    ]
    controllers = [
        {"name": "pitchBendSens", "events": [{"pos": 0, "value": 4}]},
        {"name": "pitchBend", "events": [{"pos": 360, "value": 1024}, {"pos": 481, "value": 0}]},
        {"name": "growl", "events": [{"pos": 0, "value": 30}]},
    ]
    voice = {"compID": "B", "langID": 0}
    parts = [
        {
            "name": "one",
            "pos": 240,
            "duration": 1600,
            "voice": voice,
            "notes": notes[:3],
            "controllers": controllers,
        },
        {"name": "two", "pos": 240, "duration": 2700, "voice": voice, "notes": notes[3:], "controllers": []},
    ]
    tempo = {"pos": 0, "value": 10000}, {"pos": 1920, "value": 14000}
    sequence = {
        "version": {"major": 5, "minor": 0, "revision": 0}, "vender": "Yamaha", "title": "Song",
        "masterTrack": {
            "samplingRate": 44100, "tempo": {"events": list(tempo)},
            "timeSig": {"events": [{"bar": 0, "numer": 4, "denom": 4}, {"bar": 1, "numer": 3, "denom": 4}]},
            "loop": {"isEnabled": False, "begin": 0, "end": 100}, "volume": {"events": []},
        },
        "voices": [{"compID": "B", "name": "Someone"}],
        "tracks": [{"type": 0, "name": "Lead", "color": 0, "busNo": 0, "isMuted": False, "isSoloMode": False, "parts": parts}],
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Project/sequence.json", json.dumps(sequence))
    return packed.getvalue()


def ust() -> bytes:
    lines = [
        "[#VERSION]",
        "UST Version1.2",
        "[#SETTING]",
        "Tempo=100",
        "Tracks=1",
        "ProjectName=Song",
        "Mode2=True",
    ]
    sections = [
        ["Length=480", "Lyric=R", "NoteNum=60"],
        [
            "Length=480",
            "Lyric=か",
            "NoteNum=60",
            "PBS=150;0",
            "PBW=1,149,1",
            "PBY=5,5,0",
            "PBM=s,s,s",
            "Flags=g-5",
        ],
        ["Length=240", "Lyric=き", "NoteNum=64"],
        ["Length=240", "Lyric=ー", "NoteNum=65"],
        ["Length=480", "Lyric=R", "NoteNum=60"],
        ["Length=960", "Lyric=く", "NoteNum=67", "Tempo=140", "VBR=50,200,30,20,10,0,0,0"],
    ]
    for number, section in enumerate(sections):
        lines += [f"[#{number:04d}]", *section]
    return "\r\n".join([*lines, "[#TRACKEND]", ""]).encode("cp932")


def ccs() -> bytes:
    rate = 2  # clocks in a tick
    # frames of 5 ms: at 100 quarter notes a minute tick 600 is 0.75 s, tick 720 is 0.9 s; tick 2400 is 2.4 s + 3/7 s
    bent = math.log(440 * 2 ** ((60.5 - 69) / 12)), math.log(440 * 2 ** ((67.25 - 69) / 12))
    data = f'<Data Index="150" Repeat="31">{bent[0]!r}</Data><Data Index="566" Repeat="10">{bent[1]!r}</Data>'
    parameter = f'<Parameter><LogF0 Length="1000">{data}</LogF0></Parameter>'
    notes = "".join(
        f'<Note Clock="{start * rate}" PitchStep="{key % 12}" PitchOctave="{key // 12 - 1}" Duration="{length * rate}" '
        f'Lyric="{"ー" if lyric == "-" else lyric}" DoReMi="false"/>'
        for start, length, key, lyric in NOTES
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><Scenario Code="7.0"><Generation><Author Version="7.0"/></Generation>'
        '<Sequence Id=""><Scene Id=""><Units><Unit Version="1.0" Id="" Category="SingerSong" Group="g" '
        'StartTime="00:00:00" Duration="00:00:09" CastId="A" Language="Japanese"><Song Version="1.02"><Tempo>'
        f'<Sound Clock="0" Tempo="100"/><Sound Clock="{1920 * rate}" Tempo="140"/></Tempo><Beat>'
        f'<Time Clock="0" Beats="3" BeatType="4"/><Time Clock="{2880 * rate}" Beats="6" BeatType="8"/></Beat>'
        f'<Score Alpha="0" Emotion="1">{notes}</Score>{parameter}</Song>'
        '</Unit></Units><Groups><Group Version="1.0" Id="g" Category="SingerSong" Name="Lead" Color="#FFFF0000" Volume="0" '
        'Pan="0" IsSolo="false" IsMuted="false" CastId="A" Language="Japanese"/></Groups></Scene></Sequence></Scenario>'
    ).encode()


def vvproj() -> bytes:
    notes = [
        {
            "id": str(index),
            "position": start,
            "duration": length,
            "noteNumber": key,
            "lyric": lyric.replace("-", "ー"),
        }
        for index, (start, length, key, lyric) in enumerate(NOTES)
    ]
    # 93.75 frames a second: at 100 quarter notes a minute, tick 600 is 0.75 s, frame 70.3; 720 is frame 84.4
    hz = 440 * 2 ** ((60.5 - 69) / 12)
    pitch = [-1] * 71 + [hz] * 14
    song = {
        "tpqn": 480, "tempos": [{"position": 0, "bpm": 100}, {"position": 1920, "bpm": 140}],
        "timeSignatures": [
            {"measureNumber": 1, "beats": 4, "beatType": 4},
            {"measureNumber": 2, "beats": 3, "beatType": 4},
        ],
        "tracks": {"t": {"name": "Lead", "notes": notes, "pitchEditData": pitch}}, "trackOrder": ["t"],
    }  # fmt: skip
    project = {"appVersion": "0.21.1", "talk": {"audioKeys": [], "audioItems": {}}, "song": song}
    return json.dumps(project).encode()


def ufdata() -> bytes:
    track = {
        "name": "Lead",
        "notes": [
            {"key": key, "tickOn": start, "tickOff": start + length, "lyric": lyric}
            for start, length, key, lyric in NOTES
        ],
        "pitch": {"ticks": [600, 720, 721], "values": [60.5, 60.5, None], "isAbsolute": True},
    }
    project = {
        "name": "Song", "tracks": [track], "measurePrefix": 0,
        "timeSignatures": [
            {"measurePosition": 0, "numerator": 4, "denominator": 4},
            {"measurePosition": 1, "numerator": 3, "denominator": 4},
        ],
        "tempos": [{"tickPosition": 0, "bpm": 100}, {"tickPosition": 1920, "bpm": 140}],
    }  # fmt: skip
    return json.dumps({"formatVersion": 1, "project": project}).encode()


def s5p() -> bytes:
    """Synthesizer V Editor, version 7: places in blicks, bends as (step of the interval, cents)."""
    interval = 5 * BLICKS
    still = {"tF0Left": 0, "tF0Right": 0, "dF0Left": 0, "dF0Right": 0, "dF0Vbr": 0}
    notes = [
        {
            "onset": start * BLICKS,
            "duration": length * BLICKS,
            "lyric": lyric,
            "comment": "",
            "pitch": key,
            **still,
        }
        for start, length, key, lyric in NOTES
    ]
    bend = [number for step in range(119, 146) for number in (step, 50.0 if 120 <= step <= 144 else 0.0)]
    names = ("vibratoEnv", "loudness", "tension", "breathiness", "voicing", "gender")
    parameters = {"interval": interval, "pitchDelta": bend, **{name: [] for name in names}}
    track = {
        "name": "Lead", "dbName": "", "color": "15e879", "displayOrder": 0, "dbDefaults": {}, "notes": notes,
        "gsEvents": None, "parameters": parameters,
        "mixer": {"gainDecibel": 0, "pan": 0, "muted": False, "solo": False, "engineOn": True, "display": True},
    }  # fmt: skip
    project = {
        "version": 7,
        "meter": [
            {"measure": 0, "beatPerMeasure": 4, "beatGranularity": 4},
            {"measure": 1, "beatPerMeasure": 3, "beatGranularity": 4},
        ],
        "tempo": [{"position": 0, "beatPerMinute": 100}, {"position": 1920 * BLICKS, "beatPerMinute": 140}],
        "tracks": [track], "instrumental": {"filename": "", "offset": 0},
        "mixer": {"gainInstrumentalDecibel": 0, "gainVocalMasterDecibel": 0, "instrumentalMuted": False,
                  "vocalMasterMuted": False},
    }  # fmt: skip
    return json.dumps(project).encode()


HAND_WRITTEN = {
    "s5p": s5p, "ustx": ustx, "svp": svp, "vsqx": vsqx, "vpr": vpr, "ust": ust, "ccs": ccs, "vvproj": vvproj, "ufdata": ufdata,
}  # fmt: skip
