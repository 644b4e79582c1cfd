"""Which decoders of sound may run: what phones, cameras, messengers and players write.

Apart from those of pictures (``polit.decode._video_source``): while one is looked at, none of the
other kind is opened. Each is attack surface, and none is reached by an examination.
"""

DECODERS = frozenset({
    "aac", "ac3", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "adpcm_swf", "alac", "amrnb",
    "amrwb", "flac", "mp2float", "mp3float", "nellymoser", "opus", "pcm_alaw", "pcm_mulaw",
    "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_u8", "vorbis", "wmav1", "wmav2",
    "wmapro",
})  # fmt: skip
"""By FFmpeg's names."""
