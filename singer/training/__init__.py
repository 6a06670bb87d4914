"""From the teacher to a voice folder: corpus, features, training and export. The only code that imports torch and fairseq."""
